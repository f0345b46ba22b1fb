#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// POST tokenreviews: whose token it is that another program was shown, of a service account or of
/// this server.
Awaitable<Result<http::Response>> review_token(Call call);
/// The public key that service-account tokens can be checked with, and where it is.
Awaitable<Result<http::Response>> get_openid_configuration(Call call);
Awaitable<Result<http::Response>> get_json_web_keys(Call call);

}  // namespace picket::apiserver
