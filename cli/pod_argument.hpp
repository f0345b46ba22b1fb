#pragma once
#include "cli/session.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <string>

namespace picket::cli {

/// The pod that "web-x2", "pod/web-x2" or "ds/web" means; of several, one that runs.
[[nodiscard]] Result<Json> find_pod(Session& session, const std::string& what);
/// The container named, else the default one, which is said where there are several.
[[nodiscard]] std::string choose_container(const std::string& named, const Json& pod);
/// Where a subresource of the pod is.
[[nodiscard]] client::Target pod_target(const Json& pod, std::string subresource);

}  // namespace picket::cli
