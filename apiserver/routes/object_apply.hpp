#pragma once
#include "apiserver/routes/call.hpp"

#include <string_view>

namespace picket::apiserver {

inline constexpr std::string_view kApplyMediaType = "application/apply-patch+yaml";

/// Server-side apply: merges the body into the object, or makes the object from it. The body is a
/// whole manifest, as YAML or JSON.
Awaitable<Result<http::Response>> apply_object(Call call);

}  // namespace picket::apiserver
