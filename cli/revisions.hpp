#pragma once
/// The history of a DaemonSet, as its ControllerRevisions tell it. Pure.
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace picket::cli {

/// Those of `all` that `daemon_set` controls, oldest first.
[[nodiscard]] std::vector<Json> revisions_of(const Json& daemon_set, const Json& all);
/// A table of revision and change cause.
[[nodiscard]] std::string format_history(const std::vector<Json>& revisions);
/// The revision of that number; 0: the one before the last. NotFound if there is none.
[[nodiscard]] Result<Json> revision_to_return_to(
    const std::vector<Json>& revisions, std::int64_t number);

}  // namespace picket::cli
