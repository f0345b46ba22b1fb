#pragma once
#include "common/async/awaitable.hpp"
#include "common/async/loop_clock.hpp"
#include "common/base/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>

namespace picket::simulation {

/// The clock of a host that somebody has set wrong.
class ShiftedClock final : public Clock {
public:
    explicit ShiftedClock(const Clock& clock) : clock_(clock) {}
    [[nodiscard]] TimePoint now() const override { return clock_.now() + shift_; }
    void set_shift(Duration shift) { shift_ = shift; }

private:
    const Clock& clock_;
    Duration shift_{0};
};

/// The one loop of a simulation. Everything that is due runs, then time jumps to the next timer.
class SimulatedLoop {
public:
    [[nodiscard]] boost::asio::any_io_executor executor() { return context_.get_executor(); }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] std::chrono::milliseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - begin_);
    }
    /// Called each time that nothing is left to do at some moment.
    void on_quiet(std::function<void()> look) { look_ = std::move(look); }
    /// Called then, before time goes on: takes up what other threads have done; false if nothing.
    void on_idle(std::function<bool()> answer) { answer_ = std::move(answer); }

    void run_for(std::chrono::milliseconds length) {
        run_until([] { return false; }, length);
    }
    /// False if `done` does not hold within `most`.
    bool run_until(const std::function<bool()>& done, std::chrono::milliseconds most) {
        const auto end = time_.now() + most;
        for (;;) {
            settle();
            if (look_) look_();
            if (done()) return true;
            if (answer_ && answer_()) continue;
            if (time_.now() >= end) return false;
            const auto next = time_.next().value_or(end);
            time_.move_to(std::min(std::max(next, time_.now() + kTick), end));
        }
    }
    /// Runs one coroutine to its end.
    template <class T>
    T run(Awaitable<T> task) {
        std::optional<T> result;
        run(keep(std::move(task), &result));
        return std::move(*result);
    }
    void run(Awaitable<> task) {
        std::exception_ptr failure;
        bool done = false;
        boost::asio::co_spawn(context_, std::move(task), [&](std::exception_ptr thrown) {
            failure = thrown;
            done = true;
        });
        finish(done, failure);
    }

private:
    /// No timer is finer than this, so time always gets on.
    static constexpr std::chrono::microseconds kTick{100};

    class SimulatedClock final : public Clock {
    public:
        explicit SimulatedClock(const VirtualTime& time) : time_(time), begin_(time.now()) {}
        [[nodiscard]] TimePoint now() const override {
            constexpr std::chrono::seconds kNewYear2026{1'767'225'600};
            return TimePoint(kNewYear2026) +
                   std::chrono::duration_cast<Duration>(time_.now() - begin_);
        }

    private:
        const VirtualTime& time_;
        LoopClock::time_point begin_;
    };

    template <class T>
    static Awaitable<> keep(Awaitable<T> task, std::optional<T>* result) {
        result->emplace(co_await std::move(task));
    }
    void settle() {
        do {
            context_.restart();
        } while (context_.poll() > 0);
    }
    void finish(const bool& done, const std::exception_ptr& failure) {
        if (!run_until([&] { return done; }, std::chrono::minutes(10)))
            throw std::runtime_error("a call of the simulation itself does not end");
        if (failure) std::rethrow_exception(failure);
    }

    VirtualTime time_;
    LoopClock::time_point begin_ = time_.now();
    SimulatedClock clock_{time_};
    boost::asio::io_context context_{1};
    std::function<void()> look_;
    std::function<bool()> answer_;
};

}  // namespace picket::simulation
