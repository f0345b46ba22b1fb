#include "apiserver/registry/kinds/kinds.hpp"

#include <algorithm>
#include <array>

namespace picket::registry {
namespace {

struct Row {
    std::string_view kind;
    const Strategy& (*strategy)();
};

// A kind that is not here has no rules beyond its schema and the generic metadata (ServiceAccount).
constexpr std::array kRows = {
    Row{"ClusterRole", role_strategy},
    Row{"ClusterRoleBinding", role_binding_strategy},
    Row{"ConfigMap", configmap_strategy},
    Row{"ControllerRevision", controller_revision_strategy},
    Row{"DaemonSet", daemonset_strategy},
    Row{"EndpointSlice", endpoint_slice_strategy},
    Row{"Event", event_strategy},
    Row{"Lease", lease_strategy},
    Row{"Namespace", namespace_strategy},
    Row{"Node", node_strategy},
    Row{"Pod", pod_strategy},
    Row{"PodDisruptionBudget", disruption_budget_strategy},
    Row{"PriorityClass", priority_class_strategy},
    Row{"Role", role_strategy},
    Row{"RoleBinding", role_binding_strategy},
    Row{"Secret", secret_strategy},
    Row{"Service", service_strategy},
    Row{"Token", token_strategy}};

}  // namespace

const Strategy& strategy_for(const Resource& resource) {
    static const Strategy plain;
    const auto row = std::ranges::find(kRows, resource.kind, &Row::kind);
    return row == kRows.end() ? plain : row->strategy();
}

}  // namespace picket::registry
