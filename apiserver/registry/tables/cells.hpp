#pragma once
/// The cells of each kind's row, in the order of its columns in table.cpp.
#include "common/api/label_selector.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"

#include <set>
#include <string>

namespace picket::registry {

[[nodiscard]] Json daemonset_cells(const Json& object, TimePoint now);
[[nodiscard]] Json pod_cells(const Json& object, TimePoint now);
[[nodiscard]] Json node_cells(const Json& object, TimePoint now);
[[nodiscard]] Json event_cells(const Json& object, TimePoint now);
[[nodiscard]] Json controller_revision_cells(const Json& object, TimePoint now);
[[nodiscard]] Json namespace_cells(const Json& object, TimePoint now);
[[nodiscard]] Json configmap_cells(const Json& object, TimePoint now);
[[nodiscard]] Json secret_cells(const Json& object, TimePoint now);
[[nodiscard]] Json service_account_cells(const Json& object, TimePoint now);
[[nodiscard]] Json lease_cells(const Json& object, TimePoint now);
[[nodiscard]] Json token_cells(const Json& object, TimePoint now);
[[nodiscard]] Json service_cells(const Json& object, TimePoint now);
[[nodiscard]] Json endpoints_cells(const Json& object, TimePoint now);
[[nodiscard]] Json endpoint_slice_cells(const Json& object, TimePoint now);
[[nodiscard]] Json network_policy_cells(const Json& object, TimePoint now);
[[nodiscard]] Json disruption_budget_cells(const Json& object, TimePoint now);
[[nodiscard]] Json priority_class_cells(const Json& object, TimePoint now);
[[nodiscard]] Json role_binding_cells(const Json& object, TimePoint now);
/// Name and creation time, for roles and definitions.
[[nodiscard]] Json created_at_cells(const Json& object, TimePoint now);
/// Name and Age, for kinds without a table of their own.
[[nodiscard]] Json plain_cells(const Json& object, TimePoint now);

/// What kubectl shows as a pod's STATUS: the most telling reason among pod and containers.
[[nodiscard]] std::string pod_status_text(const Json& pod);

/// Init containers that live as long as the pod.
[[nodiscard]] std::set<std::string> sidecar_names(const Json& pod);

[[nodiscard]] std::string name_cell(const Json& object);
[[nodiscard]] std::string age_cell(const Json& object, TimePoint now);
/// "a=1,b=2"
[[nodiscard]] std::string labels_text(const Labels& labels);
/// A LabelSelector as people write it.
[[nodiscard]] std::string selector_text(const Json& selector);
/// The text, or "<none>".
[[nodiscard]] std::string or_none(std::string text);

}  // namespace picket::registry
