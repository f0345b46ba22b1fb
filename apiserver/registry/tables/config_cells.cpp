#include "apiserver/registry/document.hpp"
#include "apiserver/registry/tables/cells.hpp"
#include "common/api/age.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

std::string expiry_text(const Json& spec, TimePoint now) {
    const auto expires = json_read::time(spec, "expirationTime");
    if (!expires) return "never";
    return *expires <= now ? "expired" : human_duration(*expires - now);
}

}  // namespace

Json namespace_cells(const Json& object, TimePoint now) {
    return {name_cell(object), text_at(object, {"status", "phase"}), age_cell(object, now)};
}

Json configmap_cells(const Json& object, TimePoint now) {
    const auto keys = member(object, "data").size() + member(object, "binaryData").size();
    return {name_cell(object), keys, age_cell(object, now)};
}

Json secret_cells(const Json& object, TimePoint now) {
    return {
        name_cell(object),
        json_read::text(object, "type"),
        member(object, "data").size(),
        age_cell(object, now)};
}

Json service_account_cells(const Json& object, TimePoint now) {
    return {name_cell(object), member(object, "secrets").size(), age_cell(object, now)};
}

Json lease_cells(const Json& object, TimePoint now) {
    return {name_cell(object), text_at(object, {"spec", "holderIdentity"}), age_cell(object, now)};
}

Json token_cells(const Json& object, TimePoint now) {
    const auto& spec = member(object, "spec");
    return {
        name_cell(object),
        json_read::text(spec, "user"),
        or_none(fmt::format("{}", fmt::join(json_read::strings(spec, "groups"), ","))),
        expiry_text(spec, now),
        age_cell(object, now),
        or_none(json_read::text(spec, "description"))};
}

}  // namespace picket::registry
