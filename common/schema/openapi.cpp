#include "common/api/resource.hpp"
#include "common/api/virtual_resources.hpp"
#include "common/base/encoding.hpp"
#include "common/schema/openapi_parts.hpp"
#include "common/schema/schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <string_view>

namespace picket::schema {
namespace {

Json make_document(std::string_view group_version) {
    return {
        {"openapi", "3.0.0"},
        {"info", {{"title", "picket"}, {"version", PICKET_VERSION}}},
        {"paths", openapi_paths(group_version)},
        {"components", {{"schemas", openapi_schemas(group_version)}}}};
}

/// "api/v1", "apis/apps/v1"
std::string index_key(std::string_view group_version) {
    const bool core = split_group_version(group_version).group.empty();
    return fmt::format("{}/{}", core ? "api" : "apis", group_version);
}

Json make_index() {
    Json index = {{"paths", Json::object()}};
    for (const auto group_version : served_group_versions()) {
        const auto key = index_key(group_version);
        const auto hash = sha256_hex(make_document(group_version).dump());
        index["paths"][key]["serverRelativeURL"] = fmt::format("/openapi/v3/{}?hash={}", key, hash);
    }
    return index;
}

}  // namespace

std::set<std::string_view> served_group_versions() {
    std::set<std::string_view> served;
    for (const auto resources : {all_resources(), virtual_resources()}) {
        for (const auto& resource : resources) {
            served.insert(resource.group_versions.begin(), resource.group_versions.end());
        }
    }
    return served;
}

// Made anew each time: as a tree a document takes megabytes, and clients keep what they got by its
// hash.
Json openapi_v3(std::string_view group_version) {
    return served_group_versions().contains(group_version) ? make_document(group_version) : Json();
}

Json openapi_v3_index() {
    static const Json index = make_index();
    return index;
}

}  // namespace picket::schema
