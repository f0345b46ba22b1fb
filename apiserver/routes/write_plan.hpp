#pragma once
/// What a create, update or delete does to one object: the second half of every write. Pure.
#include "apiserver/registry/strategy.hpp"
#include "apiserver/routes/object_draft.hpp"
#include "apiserver/routes/query_options.hpp"
#include "apiserver/storage/store.hpp"
#include "common/api/resource.hpp"
#include "common/base/json.hpp"
#include "common/base/random.hpp"
#include "common/base/result.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace picket::apiserver {

/// The decision about one object, before it is encoded.
struct WritePlan {
    enum class Action { Keep, Put, Remove } action = Action::Keep;
    Json object;
    bool volatile_write = false;
};

/// Which rules an update follows.
enum class UpdateScope { Main, Status };

/// Completes a new object: name, uid, times, what the kind sets. Invalid with every broken rule.
[[nodiscard]] Result<Json> plan_create(
    const Resource& resource, Draft draft, Random& random, const registry::RequestContext& context);

/// Decides an update of `old`. Conflict if the draft names another resourceVersion or uid than
/// `old` has. An object that is being deleted vanishes when its last finalizer does.
[[nodiscard]] Result<WritePlan> plan_update(
    const Resource& resource,
    const Json& old,
    Draft draft,
    UpdateScope scope,
    const registry::RequestContext& context);

/// Decides a delete of `old`: at once, after a grace period, or when finalizers are gone.
[[nodiscard]] Result<WritePlan> plan_delete(
    const Resource& resource,
    const Json& old,
    const DeleteOptions& options,
    const registry::RequestContext& context);

/// Removes an object that waits for nothing any more, puts it otherwise; keeps it where nothing
/// changed.
[[nodiscard]] WritePlan settle(const Json& old, Json object);

/// An object may not outgrow what a request may carry, or it could not be sent back.
inline constexpr std::size_t kMaxObjectBytes = 3U << 20U;

/// The plan as the store takes it, with its resourceVersion (none for `next` 0).
/// RequestEntityTooLarge beyond kMaxObjectBytes.
[[nodiscard]] Result<storage::Outcome> encode_plan(
    const Resource& resource, WritePlan plan, storage::Revision next);

}  // namespace picket::apiserver
