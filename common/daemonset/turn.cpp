#include "common/daemonset/turn.hpp"

#include <algorithm>

namespace picket::daemonset {
namespace {

/// Well below what all annotations of an object together may have.
constexpr std::size_t kLongestExcused = 131'072;

}  // namespace

PodTurn turn_after(
    const NodeSituation& situation,
    const Pod& pod,
    const DaemonSet& set,
    const CurrentRevision& revision,
    TimePoint now) {
    // A pod of the current template is replaced within its own turn; a host that came back and
    // broke again has lost its excuse.
    if (revision.made(pod.meta)) {
        return pod.turn == PodTurn::Excused && !is_excused(pod) ? PodTurn::None : pod.turn;
    }
    if (is_available(situation, pod, set, now)) return PodTurn::Taken;
    const bool still_owed = pod.turn == PodTurn::Taken && !pod.was_ready();
    return still_owed ? PodTurn::Taken : PodTurn::Excused;
}

bool waits_in_silence(
    const NodeSituation& situation, const DaemonSet& set, const CurrentRevision& revision) {
    if (!situation.silent() || !set.blame_aware()) return false;
    if (set.update_strategy != UpdateStrategy::RollingUpdate) return false;
    const auto live = [](const PodPtr& pod) { return !pod->meta.deleting(); };
    const auto outdated = [&](const PodPtr& pod) { return !revision.made(pod->meta); };
    const auto first = std::find_if(situation.pods.begin(), situation.pods.end(), live);
    return first != situation.pods.end() && outdated(*first);
}

void settle_turns(
    const std::function<std::optional<NodeSituation>(const std::string& node)>& look,
    const CurrentRevision& revision,
    Turns& turns) {
    std::erase_if(turns, [&](const auto& entry) {
        const auto found = look(entry.first);
        if (!found || !found->exists) return true;
        return std::any_of(found->pods.begin(), found->pods.end(), [&](const PodPtr& pod) {
            return !pod->meta.deleting() && revision.made(pod->meta);
        });
    });
}

void settle_turns(
    const std::vector<NodeSituation>& situations, const CurrentRevision& revision, Turns& turns) {
    const auto look = [&](const std::string& node) -> std::optional<NodeSituation> {
        const auto found = std::ranges::lower_bound(
            situations, node, {}, [](const auto& situation) { return situation.node; });
        if (found == situations.end() || found->node != node) return std::nullopt;
        return *found;
    };
    settle_turns(look, revision, turns);
}

std::string format_excused(const Turns& turns) {
    std::string text;
    for (const auto& [node, turn] : turns) {
        if (turn != PodTurn::Excused) continue;
        if (text.size() + node.size() >= kLongestExcused) break;
        text.append(text.empty() ? "" : ",").append(node);
    }
    return text;
}

Turns parse_excused(std::string_view text) {
    Turns turns;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        if (comma > 0) turns[std::string(text.substr(0, comma))] = PodTurn::Excused;
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return turns;
}

}  // namespace picket::daemonset
