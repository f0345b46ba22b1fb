#pragma once
#include "common/daemonset/pod_template.hpp"
#include "common/daemonset/survey.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::daemonset {

/// What would happen on one host if a set were written as planned.
enum class HostAction {
    Untouched,  ///< nothing: the pod stays, or there is none and none comes
    Gains,      ///< a pod where there is none
    Loses,      ///< the pod goes, and none comes
    Restarts,   ///< the pod is replaced
    Waits,      ///< the pod stays as it is until somebody deletes it (OnDelete)
    SetAside,   ///< the node is silent: its pod is replaced when it is back
};
[[nodiscard]] std::string_view host_action_name(HostAction action);

struct HostPreview {
    std::string node;
    HostAction action = HostAction::Untouched;
    /// Of a host that an update restarts: hosts of one wave go together, the next wave when they
    /// work again. 0: at once, outside the waves.
    std::int64_t wave = 0;
    std::string reason = {};
    PodPtr pod = nullptr;
};

struct PreviewInput {
    const DaemonSet& set;             ///< as it would be
    const CurrentRevision& revision;  ///< of its template
    const std::vector<NodeSituation>& situations;
    TimePoint now;
};

/// Of every existing node, by name. Takes its answers from the same functions that the controller
/// acts by; what is assumed is that every new daemon works and nothing else changes.
[[nodiscard]] std::vector<HostPreview> preview_daemonset(const PreviewInput& input);

}  // namespace picket::daemonset
