#pragma once
#include "apiserver/routes/daemonset_survey.hpp"
#include "common/daemonset/preview.hpp"

#include <string>
#include <vector>

namespace picket::apiserver {

/// What whoever writes this set should know before: no host matches, a host port is taken, a node
/// has not enough room, pods or sets that its selector meets.
[[nodiscard]] std::vector<std::string> warnings_of_plan(
    const storage::Store& store,
    const Json& set,
    const DaemonSetSurvey& survey,
    const std::vector<daemonset::HostPreview>& previews);

/// Host ports of a pod's spec: "8080/TCP".
[[nodiscard]] std::vector<std::string> host_ports(const Json& pod_spec);

}  // namespace picket::apiserver
