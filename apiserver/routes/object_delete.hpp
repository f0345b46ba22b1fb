#pragma once
#include "apiserver/routes/call.hpp"
#include "apiserver/routes/query_options.hpp"

namespace picket::apiserver {

/// Deletes one object by the options' rules: at once, gracefully, or when its finalizers are gone.
Awaitable<Result<storage::Written>> run_delete(
    Services& services,
    const Resource& resource,
    storage::ObjectKey key,
    DeleteOptions options,
    registry::RequestContext context);

/// DeleteOptions of a request: body (JSON or protobuf, may be absent) and query.
[[nodiscard]] Result<DeleteOptions> delete_options_of(const Call& call);

}  // namespace picket::apiserver
