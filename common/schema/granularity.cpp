#include "common/schema/granularity.hpp"

#include "common/api/quantity.hpp"
#include "common/base/clock.hpp"
#include "common/base/json_text.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace picket::schema {
namespace {

using Kind = Field::Kind;

bool elements_are_objects(const Json& list) {
    for (const auto& element : list) {
        if (!element.is_object()) return false;
    }
    return true;
}

Pieces pieces_of_list(const Field& field, const Json& value) {
    if (!value.is_array()) return Pieces::One;
    if (field.merge == ListMerge::Set) return Pieces::Values;
    const bool keyed = !field.list_keys.empty() && field.type != nullptr;
    return keyed && elements_are_objects(value) ? Pieces::Elements : Pieces::One;
}

Json key_value(const Type& type, const std::string& key, const Json& element) {
    const auto found = element.find(key);
    if (found != element.end() && !found->is_null()) return *found;
    const auto* field = type.find(key);
    if (field == nullptr || !field->default_value) return nullptr;
    return *field->default_value;
}

}  // namespace

Pieces pieces_of(const Place& place, const Json& value) {
    const auto& field = *place.field;
    switch (place.kind()) {
        case Kind::Object:
            return value.is_object() && !field.atomic && !field.type->atomic ? Pieces::Fields
                                                                             : Pieces::One;
        case Kind::Map:
            return value.is_object() && !field.atomic ? Pieces::Keys : Pieces::One;
        case Kind::List:
            return pieces_of_list(field, value);
        default:
            return Pieces::One;
    }
}

std::string element_edge(const Field& field, const Json& element) {
    Json keys = Json::object();
    bool named = false;
    for (const auto& key : field.list_keys) {
        auto value = key_value(*field.type, key, element);
        if (value.is_null()) continue;
        named = true;
        keys[key] = std::move(value);
    }
    return named ? "k:" + format_json(keys) : std::string();
}

std::string value_edge(const Json& value) {
    return "v:" + format_json(value);
}

std::vector<std::string> edges_of(const Field& field, Pieces pieces, const Json& list) {
    std::vector<std::string> edges;
    std::set<std::string> seen;
    edges.reserve(list.size());
    for (const auto& element : list) {
        auto edge = pieces == Pieces::Values ? value_edge(element) : element_edge(field, element);
        if (!edge.empty() && !seen.insert(edge).second) edge.clear();
        edges.push_back(std::move(edge));
    }
    return edges;
}

bool same_value(const Place& place, const Json& one, const Json& other) {
    if (one == other) return true;
    if (place.kind() == Kind::Quantity) {
        const auto a = Quantity::from_json(one);
        const auto b = Quantity::from_json(other);
        return a && b && *a == *b;
    }
    if ((place.kind() == Kind::Time || place.kind() == Kind::MicroTime) && one.is_string() &&
        other.is_string()) {
        const auto a = parse_time(one.get_ref<const std::string&>());
        return a && a == parse_time(other.get_ref<const std::string&>());
    }
    return false;
}

}  // namespace picket::schema
