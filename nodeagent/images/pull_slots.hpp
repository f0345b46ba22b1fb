#pragma once
#include "common/async/timing.hpp"
#include "common/base/random.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace picket::nodeagent {

/// How many images this host pulls at once, and how pulls for an update are spread over the hosts
/// that were all asked in the same moment. A pull for a container that does not run yet is never
/// delayed by the spread: somebody waits for it. Loop thread only; outlives its slots.
class PullSlots {
public:
    struct Limits {
        unsigned parallel = 2;
        std::chrono::milliseconds spread{5'000};
    };
    PullSlots(boost::asio::any_io_executor executor, Limits limits, std::uint64_t seed);

    /// Held while a pull runs.
    class Slot {
    public:
        explicit Slot(PullSlots& owner) : owner_(&owner) {}
        Slot(Slot&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Slot& operator=(Slot&&) = delete;
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        ~Slot() {
            if (owner_ != nullptr) owner_->give_back();
        }

    private:
        PullSlots* owner_;
    };
    Awaitable<Slot> take();
    [[nodiscard]] bool full() const { return used_ >= limits_.parallel; }
    /// Somewhere in the spread.
    [[nodiscard]] std::chrono::milliseconds delay();

private:
    void give_back();

    Limits limits_;
    Random random_;
    unsigned used_ = 0;
    Notification freed_;
};

}  // namespace picket::nodeagent
