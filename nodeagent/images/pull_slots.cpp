#include "nodeagent/images/pull_slots.hpp"

#include <algorithm>
#include <utility>

namespace picket::nodeagent {

PullSlots::PullSlots(boost::asio::any_io_executor executor, Limits limits, std::uint64_t seed)
    : limits_(limits),
      random_(seed == 0 ? Random::from_system() : Random(seed)),
      freed_(std::move(executor)) {
    limits_.parallel = std::max(limits_.parallel, 1U);
}

Awaitable<PullSlots::Slot> PullSlots::take() {
    while (full()) co_await freed_.wait();
    ++used_;
    co_return Slot(*this);
}

void PullSlots::give_back() {
    --used_;
    freed_.notify();
}

std::chrono::milliseconds PullSlots::delay() {
    return std::chrono::milliseconds{static_cast<std::int64_t>(
        random_.fraction() * static_cast<double>(limits_.spread.count()))};
}

}  // namespace picket::nodeagent
