#pragma once
#include "common/base/clock.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// One pod of this host, as far as the order of starting matters.
struct OrderedPod {
    enum class Stage {
        Waiting,  ///< nothing of it has been started
        Begun,
        Ready,  ///< or ended, or refused: nobody waits for it any more
    };
    std::string uid;
    std::string daemon;  ///< "namespace/name" of the DaemonSet, or of the pod itself
    std::int64_t priority = 0;
    std::vector<std::string> after = {};  ///< daemons to wait for, as in `daemon`
    Stage stage = Stage::Waiting;
    TimePoint begun = {};  ///< Stage::Begun: when
};

struct StartOrder {
    std::set<std::string> begin;               ///< uids that may start now
    std::map<std::string, std::string> waits;  ///< uid → what the pod waits for
    std::optional<TimePoint> wake_at = {};     ///< when patience with somebody ends
};

/// Which of the waiting pods may start. A pod starts when the daemons that it names are ready, and
/// those of a higher priority. Nothing waits for ever: patience with a pod that has begun and does
/// not become ready ends after 30 seconds for priority and 5 minutes for a named daemon; a daemon
/// that is not on this host is not waited for; daemons that wait for each other in a circle start
/// together; and a daemon that is waited for by name by one of higher priority goes first.
[[nodiscard]] StartOrder plan_start_order(const std::vector<OrderedPod>& pods, TimePoint now);

/// The names of the annotation `picket.dev/start-after`: "a, other-namespace/b" in the pod's
/// namespace.
[[nodiscard]] std::vector<std::string> parse_start_after(
    const std::string& text, const std::string& namespace_name);
inline constexpr const char* kStartAfterAnnotation = "picket.dev/start-after";

/// Of a pod whose spec.priority is not set: what the classes that always exist mean.
[[nodiscard]] std::int64_t priority_of_class(const std::string& name);

}  // namespace picket::nodeagent
