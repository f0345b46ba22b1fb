#pragma once
#include "apiserver/storage/store.hpp"

#include <string>

namespace picket::apiserver {

/// The counts in the status of every DaemonSet as Prometheus text, under the names that
/// kube-state-metrics gave them, so that existing dashboards and alerts fit.
[[nodiscard]] std::string daemonset_metrics(const storage::Store& store);

}  // namespace picket::apiserver
