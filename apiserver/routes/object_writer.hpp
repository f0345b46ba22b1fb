#pragma once
/// Writes of single objects, for handlers and for what the server itself makes.
#include "apiserver/registry/managed_fields.hpp"
#include "apiserver/routes/call.hpp"
#include "apiserver/routes/object_draft.hpp"
#include "apiserver/routes/query_options.hpp"
#include "apiserver/routes/write_plan.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace picket::apiserver {

/// Runs the mutation in the store; for a dry run only decides, on the present state.
Awaitable<Result<storage::Written>> write_object(
    Services& services, storage::ObjectKey key, storage::Mutation mutation, bool dry_run);
/// The same for several, whose answers come in the same order.
Awaitable<std::vector<Result<storage::Written>>> write_objects(
    Services& services, std::vector<storage::WriteOrder> orders, bool dry_run);

/// Creates a planned object. NotFound or Forbidden if its namespace is missing or going away.
Awaitable<Result<storage::Written>> write_new_object(
    Services& services, const Resource& resource, Json object, bool dry_run);

/// Creates an object the server itself wants; one that is there already is left alone.
Awaitable<Result<void>> ensure_object(Services& services, Json object);

/// What an update makes of an object, before it is checked.
struct NextDocument {
    DecodedBody body;
    std::optional<registry::FieldManagers> managers;  ///< who manages it, after an apply
};

/// One update of one object, whatever the new document comes from: a PUT's body, a patch, the
/// server itself. It is decided inside the store's mutation, so nothing can come between reading
/// the old state and writing the new one.
struct UpdateJob {
    /// The new document, in the client's version, from the stored one.
    using Source = std::function<Result<NextDocument>(const Json& old)>;

    ObjectIdentity identity;
    UpdateScope scope = UpdateScope::Main;
    WriteOptions options = {};
    registry::RequestContext context;
    Source source;
    std::vector<std::string> warnings = {};  ///< filled when decided
    registry::FieldWriter writer = {};
    User user = {};
    /// May refuse the new document, in the stored version, for what it says.
    std::function<Result<void>(const Json& object)> admit = {};
};
Awaitable<Result<storage::Written>> run_update(Services& services, std::shared_ptr<UpdateJob> job);

/// Whether new objects may be made in the namespace.
[[nodiscard]] Result<void> check_namespace(
    const storage::Store& store,
    const Resource& resource,
    const std::string& namespace_name,
    const std::string& name);

}  // namespace picket::apiserver
