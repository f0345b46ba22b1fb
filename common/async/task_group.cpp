#include "common/async/task_group.hpp"

#include "common/async/exception.hpp"
#include "common/async/loop_clock.hpp"
#include "common/base/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <spdlog/spdlog.h>

#include <list>
#include <utility>
#include <vector>

namespace picket {
namespace {

struct Task {
    std::string name;
    boost::asio::cancellation_signal cancel;
};
using Tasks = std::list<std::shared_ptr<Task>>;

void end_process(const std::string& task, const std::exception_ptr& failure) {
    logger("async")->critical("background task failed task={} error={}", task, describe(failure));
    std::terminate();
}

}  // namespace

struct TaskGroup::State {
    State(boost::asio::any_io_executor loop, FailureHandler handler)
        : executor(std::move(loop)),
          on_failure(std::move(handler)),
          empty(executor, std::chrono::steady_clock::time_point::max()) {}

    void finish(Tasks::iterator position, const std::exception_ptr& failure) {
        const auto task = std::move(*position);
        tasks.erase(position);
        if (tasks.empty()) empty.cancel();
        if (failure && !(stopping && is_cancellation(failure))) on_failure(task->name, failure);
    }

    boost::asio::any_io_executor executor;
    FailureHandler on_failure;
    Tasks tasks;
    Timer empty;  // never expires; cancelled when the last task has ended
    bool stopping = false;
};

TaskGroup::TaskGroup(boost::asio::any_io_executor executor, FailureHandler on_failure)
    : state_(std::make_shared<State>(
          std::move(executor), on_failure ? std::move(on_failure) : FailureHandler(end_process))) {}

TaskGroup::~TaskGroup() {
    if (size() > 0) logger("async")->error("task group destroyed while running tasks={}", size());
}

void TaskGroup::spawn(std::string name, Awaitable<> task) {
    if (state_->stopping) return;
    auto& tasks = state_->tasks;
    const auto position = tasks.insert(tasks.end(), std::make_shared<Task>());
    (*position)->name = std::move(name);
    boost::asio::co_spawn(
        state_->executor,
        std::move(task),
        boost::asio::bind_cancellation_slot(
            (*position)->cancel.slot(), [state = state_, position](std::exception_ptr failure) {
                state->finish(position, failure);
            }));
}

Awaitable<> TaskGroup::stop() {
    const auto state = state_;
    state->stopping = true;
    // An owner that is cancelled now must still wait for what it started.
    const bool throwing = co_await boost::asio::this_coro::throw_if_cancelled();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    // A copy, because a task may end while its signal is emitted.
    const std::vector<std::shared_ptr<Task>> running(state->tasks.begin(), state->tasks.end());
    for (const auto& task : running) task->cancel.emit(boost::asio::cancellation_type::terminal);
    while (!state->tasks.empty()) co_await state->empty.async_wait(as_result);
    co_await boost::asio::this_coro::throw_if_cancelled(throwing);
}

std::size_t TaskGroup::size() const {
    return state_->tasks.size();
}

bool TaskGroup::stopping() const {
    return state_->stopping;
}

}  // namespace picket
