#pragma once
#include "common/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace picket::daemonset {

/// How often a failed daemon pod of one set may be replaced on each node: after 1 s, 2 s, 4 s … at
/// most 15 min. A new generation of the set starts afresh; so does a node that stayed well for
/// twice the longest delay. A plain value: a plan reads it and says what changes.
class FailedPodBackoff {
public:
    static constexpr std::chrono::seconds kFirst{1};
    static constexpr std::chrono::seconds kLongest{15 * 60};

    struct Entry {
        std::int64_t generation = 0;
        TimePoint since;
        Duration delay{};
    };

    /// How long a failed pod on this node still has to stay; nothing if it may be replaced now.
    [[nodiscard]] std::optional<Duration> remaining(
        const std::string& node, std::int64_t generation, TimePoint now) const;
    /// The entry after one more replacement now.
    [[nodiscard]] Entry next(const std::string& node, std::int64_t generation, TimePoint now) const;
    void set(const std::string& node, Entry entry) { entries_[node] = entry; }
    /// Forgets what has been quiet for long.
    void forget_quiet(TimePoint now);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    [[nodiscard]] const Entry* find(
        const std::string& node, std::int64_t generation, TimePoint now) const;

    std::map<std::string, Entry> entries_;
};

}  // namespace picket::daemonset
