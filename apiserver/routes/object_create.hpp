#pragma once
/// How a new object is made and answered, whatever it comes from: a POST's body or an applied
/// config.
#include "apiserver/registry/managed_fields.hpp"
#include "apiserver/routes/call.hpp"
#include "apiserver/routes/object_draft.hpp"
#include "apiserver/routes/object_view.hpp"
#include "apiserver/routes/query_options.hpp"

#include <optional>

namespace picket::apiserver {

struct NewObject {
    const Resource* resource;
    Draft draft;
    registry::RequestContext context;
    WriteOptions options;
    bool generated_name = false;
    bool tracked = true;
    registry::FieldWriter writer = {};
    std::optional<registry::FieldManagers> applied = {};  ///< who manages it, after an apply
};

/// Checks and completes the document; Forbidden if the sender may not make such an object.
[[nodiscard]] Result<NewObject> draft_new_object(
    const Call& call, const WriteOptions& options, DecodedBody body);

/// Stores it and answers 201.
Awaitable<Result<http::Response>> answer_create(
    Services& services, ObjectView view, NewObject made);

}  // namespace picket::apiserver
