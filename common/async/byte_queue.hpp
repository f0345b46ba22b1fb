#pragma once
#include "common/async/awaitable.hpp"
#include "common/async/timing.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace picket {

/// Bytes on their way from one coroutine to another, with an end. Loop thread only.
class ByteQueue {
public:
    static constexpr std::size_t kCapacity = 256U << 10U;

    explicit ByteQueue(boost::asio::any_io_executor executor)
        : filled_(executor), drained_(std::move(executor)) {}

    /// Waits while the queue is full; dropped after the end.
    Awaitable<> push(std::string bytes) {
        while (bytes_.size() >= kCapacity && !ended_) co_await drained_.wait();
        if (ended_) co_return;
        bytes_ += bytes;
        filled_.notify();
    }
    /// Nothing more comes.
    void end() {
        ended_ = true;
        filled_.notify();
        drained_.notify();
    }
    /// All that is there; empty at the end.
    Awaitable<std::string> pop() {
        while (bytes_.empty() && !ended_) co_await filled_.wait();
        drained_.notify();
        co_return std::exchange(bytes_, {});
    }

private:
    Notification filled_;
    Notification drained_;
    std::string bytes_;
    bool ended_ = false;
};

}  // namespace picket
