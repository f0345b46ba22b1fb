#include "cli/rollout_status.hpp"

#include "cli/json_path.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::cli {

RolloutStatus rollout_status(const Json& daemon_set) {
    const std::string name = string_at(daemon_set, "/metadata/name");
    if (string_at(daemon_set, "/spec/updateStrategy/type") == "OnDelete")
        return {
            true,
            fmt::format(
                "daemon set \"{}\" is updated only when its pods are deleted (OnDelete)", name)};
    if (integer_at(daemon_set, "/metadata/generation") >
        integer_at(daemon_set, "/status/observedGeneration"))
        return {
            false, fmt::format("Waiting for the change of daemon set \"{}\" to be seen...", name)};
    const auto desired = integer_at(daemon_set, "/status/desiredNumberScheduled");
    const auto updated = integer_at(daemon_set, "/status/updatedNumberScheduled");
    if (updated < desired)
        return {
            false,
            fmt::format(
                "Waiting for daemon set \"{}\": {} of {} pods are updated...",
                name,
                updated,
                desired)};
    const auto available = integer_at(daemon_set, "/status/numberAvailable");
    if (available < desired)
        return {
            false,
            fmt::format(
                "Waiting for daemon set \"{}\": {} of {} updated pods are available...",
                name,
                available,
                desired)};
    return {true, fmt::format("daemon set \"{}\" successfully rolled out", name)};
}

}  // namespace picket::cli
