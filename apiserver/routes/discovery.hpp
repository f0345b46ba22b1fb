#pragma once
/// What this server serves, in the two forms clients ask for. Pure; the documents never change
/// while it runs.
#include "apiserver/routes/call.hpp"
#include "common/base/json.hpp"

#include <string_view>

namespace picket::apiserver {

/// Legacy documents: /api, /apis, /apis/<group>, and the resource list of one group/version (null
/// if it is not served).
[[nodiscard]] Json api_versions();
[[nodiscard]] Json api_group_list();
[[nodiscard]] Json api_group(std::string_view group);
[[nodiscard]] Json api_resource_list(std::string_view group_version);
/// The aggregated document: the core group alone, or all others. `version` is "v2" or "v2beta1".
[[nodiscard]] Json aggregated_discovery(bool core, std::string_view version);

/// GET /api, /apis, /api/v1, /apis/<group>, /apis/<group>/<version>; NotFound for any other path.
Awaitable<Result<http::Response>> get_discovery(Call call);

}  // namespace picket::apiserver
