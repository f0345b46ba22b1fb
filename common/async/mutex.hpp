#pragma once
#include "common/async/awaitable.hpp"
#include "common/async/timing.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <utility>

namespace picket {

/// Keeps coroutines of one loop thread out of each other's way: whoever holds the lock may suspend,
/// the others wait.
class Mutex {
public:
    explicit Mutex(boost::asio::any_io_executor executor) : free_(std::move(executor)) {}

    class Lock {
    public:
        explicit Lock(Mutex* mutex) : mutex_(mutex) {}
        Lock(Lock&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
        Lock& operator=(Lock&&) = delete;
        ~Lock() {
            if (mutex_ == nullptr) return;
            mutex_->held_ = false;
            mutex_->free_.notify();
        }

    private:
        Mutex* mutex_;
    };

    [[nodiscard]] Awaitable<Lock> lock() {
        while (held_) co_await free_.wait();
        held_ = true;
        co_return Lock(this);
    }

private:
    Notification free_;
    bool held_ = false;
};

}  // namespace picket
