#pragma once
/// The objects of metrics.k8s.io from what agents say (/stats/summary). Pure.
#include "common/base/json.hpp"

#include <optional>

namespace picket::apiserver {

/// Nothing if the summary holds no rate.
[[nodiscard]] std::optional<Json> node_metrics(const Json& node, const Json& summary);
/// Nothing if the pod has no measured container there.
[[nodiscard]] std::optional<Json> pod_metrics(const Json& pod, const Json& summary);

}  // namespace picket::apiserver
