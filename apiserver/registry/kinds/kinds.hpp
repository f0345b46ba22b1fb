#pragma once
/// The strategies of the kinds. Each is one object without state; strategy_for finds it.
#include "apiserver/registry/strategy.hpp"

namespace picket::registry {

[[nodiscard]] const Strategy& configmap_strategy();
[[nodiscard]] const Strategy& controller_revision_strategy();
[[nodiscard]] const Strategy& daemonset_strategy();
[[nodiscard]] const Strategy& disruption_budget_strategy();
[[nodiscard]] const Strategy& endpoint_slice_strategy();
[[nodiscard]] const Strategy& event_strategy();
[[nodiscard]] const Strategy& lease_strategy();
[[nodiscard]] const Strategy& namespace_strategy();
[[nodiscard]] const Strategy& node_strategy();
[[nodiscard]] const Strategy& pod_strategy();
[[nodiscard]] const Strategy& priority_class_strategy();
/// Role and ClusterRole.
[[nodiscard]] const Strategy& role_strategy();
/// RoleBinding and ClusterRoleBinding.
[[nodiscard]] const Strategy& role_binding_strategy();
[[nodiscard]] const Strategy& secret_strategy();
[[nodiscard]] const Strategy& service_strategy();
[[nodiscard]] const Strategy& token_strategy();

}  // namespace picket::registry
