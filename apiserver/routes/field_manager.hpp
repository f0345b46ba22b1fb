#pragma once
/// Which writes are entered in metadata.managedFields, and under which name.
#include "apiserver/registry/managed_fields.hpp"
#include "apiserver/routes/call.hpp"
#include "apiserver/routes/write_plan.hpp"

#include <optional>

namespace picket::apiserver {

/// The writer's name is `fieldManager`, or what the User-Agent begins with. Invalid for a name that
/// is too long or not printable.
[[nodiscard]] Result<registry::FieldWriter> field_writer_of(const Call& call);

/// What picket's own parts write is entered only on objects that have entries, and never a status:
/// nobody competes with them, and it would cost each pod and each heartbeat. Neither are Leases,
/// Events and Tokens, whoever writes them.
[[nodiscard]] bool is_tracked(
    const Resource& resource, const User& user, const Json& old, UpdateScope scope);

/// Writes the entries into an object; none if there are none.
void set_managers(Json& object, registry::FieldManagers managers);

/// Enters the writer of a new object. `object` is complete.
void enter_creator(const Resource& resource, const registry::FieldWriter& writer, Json& object);

/// What an update means for the entries.
struct ManagerUpdate {
    const Resource& resource;
    const registry::FieldWriter& writer;
    bool tracked = true;
    /// The entries a client sent along: they count in place of the stored ones. A list with one
    /// empty entry clears them.
    Json sent;
    /// The entries after an apply, which are known before the object is complete.
    std::optional<registry::FieldManagers> applied;
};
/// Enters it in the planned object; a plan that changed nothing else may become one that does.
void enter_update(const ManagerUpdate& update, const Json& old, WritePlan& plan);

}  // namespace picket::apiserver
