#pragma once
#include "common/daemonset/pod_template.hpp"
#include "common/daemonset/survey.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace picket::daemonset {

/// Who is to blame when a host has no working daemon during an update.
///
/// When a pod is deleted to make room for one of the current template, its host has its turn. What
/// the pod was like decides what the update owes the host:
///
///   available                                       Taken: until the new daemon works, the host
///                                                   counts against maxUnavailable
///   not available, itself Taken and never ready     Taken: still the fault of an earlier update
///   not available, anything else                    Excused: the host was broken before its turn
///
/// The successor carries the answer in an annotation. Between the two pods the controller remembers
/// it (Turns), and writes the excused hosts on the set's revision before it deletes their pods, so
/// that another process knows them too. An unknown turn counts as Taken, which is the careful side.
using Turns = std::map<std::string, PodTurn>;  ///< by node; a plain value

/// The turn that the successor of `pod` has.
[[nodiscard]] PodTurn turn_after(
    const NodeSituation& situation,
    const Pod& pod,
    const DaemonSet& set,
    const CurrentRevision& revision,
    TimePoint now);

/// The pod's host was broken before its turn and has not worked since, so its failure is not the
/// update's. A container in a crash loop is Ready for a moment each time it starts: that is no
/// work.
[[nodiscard]] inline bool is_excused(const Pod& pod) {
    const bool worked = pod.was_ready() && pod.trouble != PodTrouble::Crashing;
    return pod.turn == PodTurn::Excused && !worked;
}

/// The host of this situation is silent and was so before its turn: its pod of an older template is
/// left alone until the host is back.
[[nodiscard]] bool waits_in_silence(
    const NodeSituation& situation, const DaemonSet& set, const CurrentRevision& revision);

/// Forgets turns that have come to an end: the successor is there, or the node is gone.
void settle_turns(
    const std::function<std::optional<NodeSituation>(const std::string& node)>& look,
    const CurrentRevision& revision,
    Turns& turns);
void settle_turns(
    const std::vector<NodeSituation>& situations, const CurrentRevision& revision, Turns& turns);

/// The excused hosts as the text of kExcusedAnnotation: names, with commas between them. Hosts
/// beyond what an annotation may hold are left out, and count as Taken then.
[[nodiscard]] std::string format_excused(const Turns& turns);
[[nodiscard]] Turns parse_excused(std::string_view text);

}  // namespace picket::daemonset
