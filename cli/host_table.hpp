#pragma once
/// What `why` and `plan` print: one line per host. Pure.
#include "common/base/clock.hpp"
#include "common/base/json.hpp"

#include <string>

namespace picket::cli {

/// A Placement: a table of hosts, and a line that counts their states.
[[nodiscard]] std::string format_placement(const Json& placement, TimePoint now);

/// A Plan: what would happen, a table of the hosts it concerns, and the warnings.
[[nodiscard]] std::string format_plan(const Json& plan);

}  // namespace picket::cli
