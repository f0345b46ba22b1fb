#include "common/api/controller_revision.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

namespace picket {
namespace {

Json without_nulls(const Json& document) {
    if (!document.is_structured()) return document;
    auto result = document.is_object() ? Json::object() : Json::array();
    for (const auto& [key, value] : document.items()) {
        if (document.is_array()) {
            result.push_back(without_nulls(value));
        } else if (!value.is_null()) {
            result[key] = without_nulls(value);
        }
    }
    return result;
}

}  // namespace

ControllerRevision ControllerRevision::parse(const Json& object) {
    const auto& metadata = json_read::member(object, "metadata");
    return {
        ObjectMeta::parse(metadata),
        json_read::integer(object, "revision"),
        canonical_text(json_read::member(object, "data")),
        json_read::text(json_read::member(metadata, "annotations"), kExcusedAnnotation)};
}

std::string canonical_text(const Json& document) {
    return without_nulls(document).dump();
}

}  // namespace picket
