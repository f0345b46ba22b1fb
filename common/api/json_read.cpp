#include "common/api/json_read.hpp"

namespace picket::json_read {

const Json& member(const Json& object, std::string_view key) {
    static const Json kNull;
    if (!object.is_object()) return kNull;
    const auto found = object.find(key);
    return found == object.end() ? kNull : *found;
}

bool has(const Json& object, std::string_view key) {
    return !member(object, key).is_null();
}

std::string text(const Json& object, std::string_view key) {
    const auto& value = member(object, key);
    return value.is_string() ? value.get_ref<const std::string&>() : std::string{};
}

std::int64_t integer(const Json& object, std::string_view key, std::int64_t otherwise) {
    return optional_integer(object, key).value_or(otherwise);
}

std::optional<std::int64_t> optional_integer(const Json& object, std::string_view key) {
    const auto& value = member(object, key);
    return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

bool boolean(const Json& object, std::string_view key) {
    return optional_boolean(object, key).value_or(false);
}

std::optional<bool> optional_boolean(const Json& object, std::string_view key) {
    const auto& value = member(object, key);
    return value.is_boolean() ? std::optional(value.get<bool>()) : std::nullopt;
}

std::optional<TimePoint> time(const Json& object, std::string_view key) {
    const auto& value = member(object, key);
    return value.is_string() ? parse_time(value.get_ref<const std::string&>()) : std::nullopt;
}

Labels string_map(const Json& object, std::string_view key) {
    Labels result;
    const auto& value = member(object, key);
    if (!value.is_object()) return result;
    for (const auto& [name, entry] : value.items()) {
        if (entry.is_string()) result.emplace(name, entry.get_ref<const std::string&>());
    }
    return result;
}

std::vector<std::string> strings(const Json& object, std::string_view key) {
    std::vector<std::string> result;
    const auto& value = member(object, key);
    if (!value.is_array()) return result;
    for (const auto& entry : value) {
        if (entry.is_string()) result.push_back(entry.get_ref<const std::string&>());
    }
    return result;
}

const Json* condition(const Json& status, std::string_view type) {
    for (const auto& condition : member(status, "conditions")) {
        if (text(condition, "type") == type) return &condition;
    }
    return nullptr;
}

}  // namespace picket::json_read
