#pragma once
/// Requests that several controllers send alike.
#include "common/api/object_meta.hpp"
#include "common/base/json.hpp"
#include "common/client/api_client.hpp"

#include <string>
#include <vector>

namespace picket::controller {

/// The object that `meta` describes.
[[nodiscard]] client::Target target_of(
    std::string group_version,
    std::string plural,
    const ObjectMeta& meta,
    std::string subresource = {});

/// Strategic merge patches of ownerReferences. They name the uid, so that an object of the same
/// name that was made since is refused instead of changed.
[[nodiscard]] Json add_owner_patch(const ObjectMeta& object, const OwnerReference& owner);
[[nodiscard]] Json remove_owners_patch(
    const ObjectMeta& object, const std::vector<std::string>& owner_uids);

/// DeleteOptions for exactly this object.
[[nodiscard]] Json delete_options(const std::string& uid);
/// The same at once, without waiting for anybody: for pods whose node is gone.
[[nodiscard]] Json force_delete_options(const std::string& uid);

/// True where a delete or a change came too late and nothing is left to do.
[[nodiscard]] bool already_gone(const Error& error);
/// True where nobody can tell whether the write was done: the server may have stored it and not
/// lived to answer.
[[nodiscard]] bool may_be_done(const Error& error);

}  // namespace picket::controller
