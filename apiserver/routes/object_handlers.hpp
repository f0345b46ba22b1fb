#pragma once
/// The verbs of every stored kind.
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

Awaitable<Result<http::Response>> get_object(Call call);
Awaitable<Result<http::Response>> list_objects(Call call);
Awaitable<Result<http::Response>> watch_objects(Call call);
Awaitable<Result<http::Response>> create_object(Call call);
Awaitable<Result<http::Response>> update_object(Call call);
Awaitable<Result<http::Response>> patch_object(Call call);
Awaitable<Result<http::Response>> delete_object(Call call);
Awaitable<Result<http::Response>> delete_collection(Call call);

}  // namespace picket::apiserver
