#pragma once
#include "common/api/resource.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace picket::registry {

/// The Table of a kind: columns as kubectl knows them, and the cells of one object. Kinds without
/// an entry of their own have Name and Age. Pure. The same code prints the CLI's tables (there from
/// the server's Table answer).
[[nodiscard]] const Json& table_columns(const Resource& resource);
[[nodiscard]] Json table_cells(const Resource& resource, const Json& object, TimePoint now);
/// Row conditions ("Completed" for finished pods); empty array mostly.
[[nodiscard]] Json table_row_conditions(const Resource& resource, const Json& object);

}  // namespace picket::registry
