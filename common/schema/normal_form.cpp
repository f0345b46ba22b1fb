#include "common/schema/schema.hpp"

#include <nlohmann/json.hpp>

namespace picket::schema {
namespace {

using Kind = Field::Kind;

/// The value by which Kubernetes' own types say "absent".
bool says_nothing(const Field& field, const Json& value) {
    if (value.is_string()) return value.get_ref<const std::string&>().empty();
    if (value.is_structured() || value.is_null()) return value.empty();
    return field.zero_is_absent && (value == false || value == 0);
}

void normalise_member(const Field& field, Json& value) {
    if (field.type == nullptr || !value.is_structured()) return;
    if (field.kind == Kind::Object) {
        value = normal_form(*field.type, std::move(value));
        return;
    }
    for (auto& element : value) element = normal_form(*field.type, std::move(element));
}

}  // namespace

Json normal_form(const Type& type, Json document) {
    if (!document.is_object()) return document;
    auto& members = document.get_ref<Json::object_t&>();
    for (auto member = members.begin(); member != members.end();) {
        const Field* field = type.find(member->first);
        if (field != nullptr) normalise_member(*field, member->second);
        const bool absent = field != nullptr && says_nothing(*field, member->second);
        member = absent ? members.erase(member) : std::next(member);
    }
    return document;
}

}  // namespace picket::schema
