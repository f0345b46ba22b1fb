#pragma once
#include "common/async/awaitable.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace picket {

/// Owner of background coroutines: nothing in picket is detached. Declare it as the last member, so
/// that its tasks may use everything declared above it. Use from the loop thread only.
///
/// A task that ends by `operation_aborted` after stop() has ended normally. Any other exception
/// that escapes a task goes to `on_failure`, which by default logs and ends the process: a
/// half-dead component is worse than a restart.
class TaskGroup {
public:
    using FailureHandler = std::function<void(const std::string& task, std::exception_ptr)>;

    explicit TaskGroup(boost::asio::any_io_executor executor, FailureHandler on_failure = {});
    /// The group must be empty: await stop() first.
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts `task`, at once up to its first suspension if called on the loop; `name` is for the
    /// log. After stop() has begun the task is dropped unstarted.
    void spawn(std::string name, Awaitable<> task);
    /// Cancels every task (terminal cancellation) and waits until none is left, even if the caller
    /// is cancelled meanwhile. May be awaited more than once, but not by a task of this group. A
    /// coroutine that has already been cancelled cannot await anything before `co_await
    /// boost::asio::this_coro::reset_cancellation_state()`.
    Awaitable<> stop();
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool stopping() const;

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the completion of each task
};

}  // namespace picket
