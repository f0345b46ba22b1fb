#include "apiserver/registry/document.hpp"

#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {

const Json& at(const Json& object, std::initializer_list<const char*> path) {
    const Json* here = &object;
    for (const auto* key : path) here = &member(*here, key);
    return *here;
}

std::string text_at(const Json& object, std::initializer_list<const char*> path) {
    const auto& value = at(object, path);
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool has(const Json& object, const char* key) {
    return !member(object, key).is_null();
}

Json& object_in(Json& parent, const char* key) {
    auto& child = parent[key];
    if (child.is_null()) child = Json::object();
    return child;
}

void restore(Json& object, const Json& old, const char* key) {
    if (has(old, key)) {
        object[key] = old.at(key);
    } else {
        drop(object, key);
    }
}

void drop(Json& object, const char* key) {
    if (object.is_object()) object.erase(key);
}

void for_each(
    const Json& list,
    const std::string& path,
    const std::function<void(const Json&, const std::string&)>& rule) {
    if (!list.is_array()) return;
    for (std::size_t i = 0; i < list.size(); ++i) rule(list[i], field::index(path, i));
}

void check_not_negative(
    const Json& object, const char* key, std::string_view path, FieldErrors& errors) {
    const auto& value = member(object, key);
    if (value.is_number() && value < 0)
        errors.push_back(field::invalid(field::child(path, key), value, kNotNegative));
}

void check_unchanged(
    const Json& object,
    const Json& old,
    const char* key,
    std::string_view path,
    FieldErrors& errors) {
    const auto& value = member(object, key);
    if (value != member(old, key))
        errors.push_back(field::invalid(field::child(path, key), value, kImmutable));
}

void add_problems(
    std::vector<std::string> problems,
    const std::string& path,
    const Json& value,
    FieldErrors& errors) {
    for (const auto& problem : problems) errors.push_back(field::invalid(path, value, problem));
}

}  // namespace picket::registry
