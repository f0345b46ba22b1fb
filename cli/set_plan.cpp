#include "cli/set_plan.hpp"

#include "cli/json_path.hpp"

#include <nlohmann/json.hpp>

namespace picket::cli {

bool is_daemon_set(const Json& object) {
    return string_at(object, "/kind") == "DaemonSet";
}

Result<Json> plan_of(Session& session, const Json& set) {
    return session.create(
        {.group_version = "picket.dev/v1",
         .plural = "daemonsets",
         .namespace_name = string_at(set, "/metadata/namespace"),
         .name = string_at(set, "/metadata/name"),
         .subresource = "plan"},
        set);
}

}  // namespace picket::cli
