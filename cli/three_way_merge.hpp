#pragma once
#include "common/base/json.hpp"
#include "common/schema/schema.hpp"

namespace picket::cli {

/// The strategic merge patch that turns `live` into what `wanted` asks for:
///   - what `wanted` says and `live` does not have is set;
///   - what `last_applied` said, `wanted` no longer says and `live` still has is removed;
///   - what others added to `live` is left alone.
/// An empty object means that nothing has to change. `type` gives the merge keys of lists; null:
/// lists are replaced. Pure: the same rules as kubectl's client-side apply, so that both may be
/// used on one object.
[[nodiscard]] Json three_way_patch(
    const schema::Type* type, const Json& last_applied, const Json& wanted, const Json& live);

}  // namespace picket::cli
