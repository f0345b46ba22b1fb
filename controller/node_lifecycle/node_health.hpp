#pragma once
/// What is decided about a node from its heartbeats and conditions. Pure.
#include "common/api/node.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace picket::controller {

inline constexpr const char* kNotReadyTaint = "node.kubernetes.io/not-ready";
inline constexpr const char* kUnreachableTaint = "node.kubernetes.io/unreachable";

/// When each node was last heard of, by our own clock: that a heartbeat changed counts, not the
/// time written in it, so the clocks of hosts need not agree. A node that is new to us gets its
/// full grace, so a restart raises no false alarm.
///
/// That an agent's connection to the server ended is no sign here, on purpose. It ends when the
/// process dies, but also when it is upgraded, when a proxy or a NAT forgets it, and when the
/// server itself restarts, of which it could not tell us; a host whose cable is out ends nothing.
/// It could only ever bring the verdict forward from grace to a little more than one renewal (three
/// seconds), and would need a second source that the server writes for each break. The Lease alone
/// says all.
class HeartbeatTracker {
public:
    /// A node that has never posted a status is given this long to start.
    static constexpr std::chrono::seconds kStartUpGrace{60};

    explicit HeartbeatTracker(std::chrono::seconds grace) : grace_(grace) {}

    /// Starts to watch a node; nothing if it is watched already.
    void add(const std::string& node, bool has_posted, TimePoint now);
    void remove(const std::string& node) { nodes_.erase(node); }
    /// `sign`: the heartbeat as written. A sign that this source showed before says nothing new.
    /// True if the node's deadline came nearer (its start-up grace has ended) or exists again.
    enum class Source { Lease, Status };
    bool heard(const std::string& node, Source source, const std::string& sign, TimePoint now);
    /// Contact was lost and is back: nobody could be heard, so everybody gets a new grace.
    void excuse_all(TimePoint now);

    [[nodiscard]] bool silent(const std::string& node, TimePoint now) const;
    /// Nodes that fell silent since the last call.
    [[nodiscard]] std::vector<std::string> take_newly_silent(TimePoint now);
    /// When the next node falls silent unless it is heard of.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

private:
    struct Heard {
        TimePoint at;
        std::chrono::seconds grace;
        bool reported = false;
        std::string lease_sign = {};
        std::string status_sign = {};
    };
    std::chrono::seconds grace_;
    std::map<std::string, Heard> nodes_;
};

/// The taints that the node's conditions and cordon call for.
[[nodiscard]] std::vector<Taint> wanted_taints(const Node& node);
/// The node's taints with ours brought up to date and everybody else's left alone; nothing if they
/// are right already.
[[nodiscard]] std::optional<std::vector<Taint>> plan_taints(const Node& node, TimePoint now);
/// Strategic merge patch for the status of a node that fell silent; nothing if it says so already.
[[nodiscard]] std::optional<Json> plan_silent_conditions(const Node& node, TimePoint now);
/// Strategic merge patch for the status of a pod whose node is not ready.
[[nodiscard]] Json pod_not_ready_patch(const std::string& pod_uid, TimePoint now);

}  // namespace picket::controller
