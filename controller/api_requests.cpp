#include "controller/api_requests.hpp"

#include <nlohmann/json.hpp>

namespace picket::controller {

client::Target target_of(
    std::string group_version,
    std::string plural,
    const ObjectMeta& meta,
    std::string subresource) {
    return {
        .group_version = std::move(group_version),
        .plural = std::move(plural),
        .namespace_name = meta.namespace_name,
        .name = meta.name,
        .subresource = std::move(subresource)};
}

Json add_owner_patch(const ObjectMeta& object, const OwnerReference& owner) {
    return {
        {"metadata", {{"uid", object.uid}, {"ownerReferences", Json::array({to_json(owner)})}}}};
}

Json remove_owners_patch(const ObjectMeta& object, const std::vector<std::string>& owner_uids) {
    auto references = Json::array();
    for (const auto& uid : owner_uids) references.push_back({{"$patch", "delete"}, {"uid", uid}});
    return {{"metadata", {{"uid", object.uid}, {"ownerReferences", std::move(references)}}}};
}

Json delete_options(const std::string& uid) {
    return {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"preconditions", {{"uid", uid}}}};
}

Json force_delete_options(const std::string& uid) {
    auto options = delete_options(uid);
    options["gracePeriodSeconds"] = 0;
    return options;
}

bool already_gone(const Error& error) {
    return error.reason == Reason::NotFound || error.reason == Reason::Conflict;
}

bool may_be_done(const Error& error) {
    return error.reason == Reason::ServiceUnavailable || error.reason == Reason::Timeout ||
           error.reason == Reason::InternalError;
}

}  // namespace picket::controller
