#pragma once
/// What handlers read from a call.
#include "apiserver/routes/body.hpp"
#include "apiserver/routes/call.hpp"
#include "apiserver/routes/object_view.hpp"

namespace picket::apiserver {

/// The version and shape that this request asks its answer in.
[[nodiscard]] Result<ObjectView> view_of_call(const Call& call);
/// The decoded body by its media type; null where there is none.
[[nodiscard]] Result<DecodedBody> body_of_call(const Call& call, bool find_duplicates = false);
/// The body of a request that needs one: BadRequest if it is no object.
[[nodiscard]] Result<Json> object_body_of_call(const Call& call);

}  // namespace picket::apiserver
