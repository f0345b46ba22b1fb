#include "common/schema/schema.hpp"

#include <nlohmann/json.hpp>

namespace picket::schema {
namespace {

using Kind = Field::Kind;

/// Kubernetes keeps most strings, and the numbers of a probe, in a form where zero and absent are
/// the same.
bool counts_as_absent(const Field& field, const Json& value) {
    if (value.is_string()) return value.get_ref<const std::string&>().empty();
    return field.zero_is_absent && value == 0;
}

void insert_defaults(const Type& type, Json& document) {
    for (const auto& field : type.fields) {
        if (!field.default_value) continue;
        const auto [member, inserted] = document.emplace(field.name, *field.default_value);
        if (!inserted && counts_as_absent(field, *member)) *member = *field.default_value;
    }
}

void erase_null_members(Json::object_t& members) {
    std::erase_if(members, [](const auto& member) { return member.second.is_null(); });
}

/// In a map the key itself says something: a null value is the empty one, as in `labels: {edge: }`.
void replace_null_values(const Field& field, Json::object_t& members) {
    if (field.element_kind != Kind::String) return erase_null_members(members);
    for (auto& [name, member] : members) {
        if (member.is_null()) member = "";
    }
}

using OnType = void (*)(const Type&, Json&);

/// Nulls of a map, then `act` on each object at or in the value.
void visit_member(const Field& field, Json& value, OnType act) {
    if (field.kind == Kind::Map && value.is_object()) {
        replace_null_values(field, value.get_ref<Json::object_t&>());
    }
    if (field.type == nullptr) return;
    if (field.kind == Kind::Object) return act(*field.type, value);
    if (!value.is_structured()) return;
    for (auto& element : value) act(*field.type, element);
}

}  // namespace

void apply_defaults(const Type& type, Json& document) {
    if (!document.is_object()) return;
    auto& members = document.get_ref<Json::object_t&>();
    erase_null_members(members);
    insert_defaults(type, document);
    for (auto& [name, member] : members) {
        if (const Field* field = type.find(name)) visit_member(*field, member, apply_defaults);
    }
}

void drop_absent(const Type& type, Json& document) {
    if (!document.is_object()) return;
    auto& members = document.get_ref<Json::object_t&>();
    erase_null_members(members);
    for (auto& [name, member] : members) {
        if (const Field* field = type.find(name)) visit_member(*field, member, drop_absent);
    }
}

void drop_nulls(Json& document) {
    if (document.is_object()) erase_null_members(document.get_ref<Json::object_t&>());
    if (!document.is_structured()) return;
    for (auto& member : document) drop_nulls(member);
}

}  // namespace picket::schema
