#pragma once
/// Runs coroutines in tests: the test owns the loop, and a coroutine that never ends fails the test
/// instead of hanging it.
#include "common/async/awaitable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace picket::testing {

/// An io_context that is driven by the test's own thread. Declare it before everything that uses
/// its executor.
class AsyncRunner {
public:
    static constexpr std::chrono::seconds kDeadline{60};

    [[nodiscard]] boost::asio::io_context& context() { return context_; }
    [[nodiscard]] boost::asio::any_io_executor executor() { return context_.get_executor(); }

    /// Runs the loop until `body` has ended, and returns its result or throws its exception. Other
    /// work of the loop goes on meanwhile. Throws if the body does not end within `deadline`, or
    /// can never end because nothing is left to run.
    template <class T>
    T run(Awaitable<T> body, std::chrono::seconds deadline = kDeadline) {
        const auto outcome = std::make_shared<Outcome<T>>();
        boost::asio::co_spawn(
            context_, store(std::move(body), outcome), [outcome](std::exception_ptr failure) {
                outcome->done = true;
                outcome->failure = failure;
            });
        drive(outcome->done, std::chrono::steady_clock::now() + deadline);
        if (outcome->failure) std::rethrow_exception(outcome->failure);
        if constexpr (!std::is_void_v<T>) return std::move(*outcome->value);
    }

    /// Runs whatever is ready now, without waiting.
    void poll() {
        context_.restart();
        context_.poll();
    }

private:
    struct Nothing {};
    template <class T>
    struct Outcome {
        bool done = false;
        std::exception_ptr failure = {};
        std::optional<std::conditional_t<std::is_void_v<T>, Nothing, T>> value = {};
    };

    template <class T>
    static Awaitable<> store(Awaitable<T> body, std::shared_ptr<Outcome<T>> outcome) {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(body);
        } else {
            outcome->value.emplace(co_await std::move(body));
        }
    }

    void drive(const bool& done, std::chrono::steady_clock::time_point deadline) {
        context_.restart();
        while (!done) {
            if (context_.run_one_until(deadline) > 0) continue;
            throw std::runtime_error(
                std::chrono::steady_clock::now() < deadline
                    ? "the coroutine waits for something that can never happen"
                    : "the coroutine did not end before the deadline");
        }
    }

    boost::asio::io_context context_;
};

/// The short form for one coroutine: `run_async([&](auto executor) -> Awaitable<> { … co_return;
/// })`. The function object lives until its coroutine has ended, so here it may capture.
template <class Body>
auto run_async(Body body) {
    AsyncRunner runner;
    return runner.run(body(runner.executor()));
}

}  // namespace picket::testing
