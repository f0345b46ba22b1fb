#include "apiserver/registry/strategy.hpp"

#include "apiserver/registry/document.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {

Result<void> Strategy::decode(Json& /*object*/, const RequestContext& /*context*/) const {
    return Ok();
}

void Strategy::encode(Json& /*object*/, std::string_view /*group_version*/) const {}

void Strategy::default_object(Json& /*object*/, const RequestContext& /*context*/) const {}

void Strategy::prepare_for_create(Json& /*object*/, const RequestContext& /*context*/) const {}

std::vector<FieldError> Strategy::validate(
    const Json& /*object*/, const RequestContext& /*context*/) const {
    return {};
}

void Strategy::prepare_for_update(
    Json& /*object*/, const Json& /*old*/, const RequestContext& /*context*/) const {}

std::vector<FieldError> Strategy::validate_update(
    const Json& /*object*/, const Json& /*old*/, const RequestContext& /*context*/) const {
    return {};
}

void Strategy::prepare_for_status_update(
    Json& object, const Json& old, const RequestContext& /*context*/) const {
    // Nearly always nothing but the status differs, and to compare costs less than to copy.
    auto& members = object.get_ref<Json::object_t&>();
    std::erase_if(members, [&old](const auto& member) {
        return member.first != "status" && !old.contains(member.first);
    });
    for (const auto& [name, value] : old.items()) {
        if (name == "status") continue;
        auto& present = members[name];
        if (present != value) present = value;
    }
}

std::vector<FieldError> Strategy::validate_status_update(
    const Json& /*object*/, const Json& /*old*/, const RequestContext& /*context*/) const {
    return {};
}

std::vector<std::pair<std::string, std::string>> Strategy::selectable_fields(
    const Json& /*object*/) const {
    return {};
}

std::int64_t Strategy::grace_seconds(
    const Json& /*object*/,
    std::optional<std::int64_t> /*requested*/,
    const RequestContext& /*context*/) const {
    return 0;
}

Propagation Strategy::default_propagation(std::string_view /*group_version*/) const {
    return Propagation::Background;
}

std::vector<std::string> Strategy::warnings(
    const Json& /*object*/, const RequestContext& /*context*/) const {
    return {};
}

bool Strategy::volatile_update(const Json& /*object*/, const Json& /*old*/) const {
    return false;
}

storage::Attributes attributes_of(const Resource& resource, const Json& object) {
    return {
        .labels = json_read::string_map(member(object, "metadata"), "labels"),
        .fields = strategy_for(resource).selectable_fields(object)};
}

}  // namespace picket::registry
