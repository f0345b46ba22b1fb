#pragma once
#include "cli/session.hpp"
#include "cli/write_options.hpp"
#include "common/base/json.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace picket::cli {

enum class ApplyOutcome { Created, Configured, Unchanged, ServerSide };
[[nodiscard]] std::string_view outcome_word(ApplyOutcome outcome);

struct Applied {
    ApplyOutcome outcome;
    Json object;  ///< as the server has it now
};

/// Makes the server's object be as `wanted` says, and remembers what was said in the annotation
/// that kubectl uses for the same purpose: both may be used on one object. A write that met another
/// one is computed anew, a few times.
[[nodiscard]] Result<Applied> apply(Session& session, Json wanted, DryRun dry_run);

struct ServerSideOptions {
    std::string field_manager =
        "kubectl";  ///< as kubectl, so that either may go on with the other's work
    bool force_conflicts = false;
};

/// The same, merged by the server, which remembers for each field who set it. Conflict where
/// somebody else manages a field.
[[nodiscard]] Result<Applied> apply_server_side(
    Session& session, Json wanted, const ServerSideOptions& options, DryRun dry_run);

/// `wanted` with the annotation that remembers it. Pure.
[[nodiscard]] Json with_last_applied(Json wanted);
/// What was applied last; null where the object was not made by apply. Pure.
[[nodiscard]] Json last_applied_of(const Json& live);

}  // namespace picket::cli
