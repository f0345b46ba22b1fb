#pragma once
#include "common/base/json.hpp"

#include <vector>

namespace picket::cli {

/// Whether a pod in this table of pods may be waiting for an image, so that its status is worth a
/// request.
[[nodiscard]] bool may_be_pulling(const Json& pod_table);

/// STATUS of the rows whose pod pulls an image becomes "Pulling (how far)", as the pod's status
/// tells in the message of the container that waits.
void show_pull_progress(Json& pod_table, const std::vector<Json>& pods);

}  // namespace picket::cli
