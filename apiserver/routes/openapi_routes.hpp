#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// The whole schema in one document: protobuf for kubectl before 1.29, otherwise JSON.
Awaitable<Result<http::Response>> get_openapi_v2(Call call);
/// /openapi/v3 (the index) and /openapi/v3/<group version path>.
Awaitable<Result<http::Response>> get_openapi_v3(Call call);

}  // namespace picket::apiserver
