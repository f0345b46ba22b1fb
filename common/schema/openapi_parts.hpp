#pragma once
/// What the OpenAPI documents are made of. Internal to common/schema.
#include "common/base/json.hpp"

#include <set>
#include <string_view>

namespace picket::schema {

/// `paths`: the operations on every resource of a group/version. They name parameters but no
/// request body, on purpose: with one, kubectl would compute its patches from these schemas instead
/// of its own types.
[[nodiscard]] Json openapi_paths(std::string_view group_version);
/// `components.schemas`: the kinds of a group/version and every type they reach.
[[nodiscard]] Json openapi_schemas(std::string_view group_version);

[[nodiscard]] std::set<std::string_view> served_group_versions();

/// {"group": "apps", "version": "v1", "kind": "DaemonSet"}
[[nodiscard]] Json group_version_kind(std::string_view group_version, std::string_view kind);

}  // namespace picket::schema
