#include "common/async/loop_clock.hpp"

#include <stdexcept>
#include <utility>

namespace picket {
namespace {

thread_local VirtualTime* virtual_time = nullptr;

}  // namespace

LoopClock::time_point LoopClock::now() {
    return virtual_time != nullptr ? virtual_time->now_ : std::chrono::steady_clock::now();
}

LoopClock::duration LoopClock::sleep_for(duration rest) {
    if (virtual_time == nullptr) return rest;
    virtual_time->next_ = virtual_time->now_ + rest;
    return duration::zero();
}

VirtualTime::VirtualTime() {
    if (virtual_time != nullptr) throw std::logic_error("there is a virtual time already");
    virtual_time = this;
}

VirtualTime::~VirtualTime() {
    virtual_time = nullptr;
}

void VirtualTime::move_to(LoopClock::time_point moment) {
    if (moment < now_) throw std::logic_error("time does not run backwards");
    now_ = moment;
    next_.reset();
}

}  // namespace picket
