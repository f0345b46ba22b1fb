#include "apiserver/registry/kinds/data_rules.hpp"

#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

constexpr std::size_t kDataLimit = 1024U * 1024U;

std::size_t validate_entries(const Json& object, const char* name, FieldErrors& errors) {
    const auto& entries = member(object, name);
    if (!entries.is_object()) return 0;
    std::size_t size = 0;
    for (const auto& [key, value] : entries.items()) {
        add_problems(check_data_key(key), field::key(name, key), key, errors);
        size += value.get_ref<const std::string&>().size();
    }
    return size;
}

void validate_distinct_keys(const Json& object, FieldErrors& errors) {
    const auto& data = member(object, "data");
    const auto& binary = member(object, "binaryData");
    if (!data.is_object() || !binary.is_object()) return;
    for (const auto& [key, value] : binary.items()) {
        if (!data.contains(key)) continue;
        errors.push_back(
            field::invalid(field::key("data", key), key, "duplicate of key present in binaryData"));
    }
}

}  // namespace

void validate_data(const Json& object, FieldErrors& errors) {
    const auto size =
        validate_entries(object, "data", errors) + validate_entries(object, "binaryData", errors);
    validate_distinct_keys(object, errors);
    if (size > kDataLimit) {
        errors.push_back(
            field::too_long("data", fmt::format("may not be more than {} bytes", kDataLimit)));
    }
}

void validate_immutable(
    const Json& object,
    const Json& old,
    std::initializer_list<const char*> members,
    FieldErrors& errors) {
    constexpr std::string_view kWhy = "field is immutable when `immutable` is set";
    if (!json_read::boolean(old, "immutable")) return;
    if (!json_read::boolean(object, "immutable"))
        errors.push_back(field::forbidden("immutable", kWhy));
    for (const auto* name : members) {
        if (member(object, name) != member(old, name))
            errors.push_back(field::forbidden(name, kWhy));
    }
}

}  // namespace picket::registry
