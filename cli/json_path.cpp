#include "cli/json_path.hpp"

#include <nlohmann/json.hpp>

namespace picket::cli {

const Json& at_path(const Json& object, const char* pointer) {
    static const Json nothing = nullptr;
    const Json::json_pointer path(pointer);
    return object.contains(path) ? object.at(path) : nothing;
}

std::string string_at(const Json& object, const char* pointer) {
    const Json& value = at_path(object, pointer);
    if (value.is_string()) return value.get<std::string>();
    return value.is_null() || value.is_structured() ? std::string() : value.dump();
}

std::int64_t integer_at(const Json& object, const char* pointer, std::int64_t otherwise) {
    const Json& value = at_path(object, pointer);
    return value.is_number_integer() ? value.get<std::int64_t>() : otherwise;
}

const Json& list_at(const Json& object, const char* pointer) {
    static const Json empty = Json::array();
    const Json& value = at_path(object, pointer);
    return value.is_array() ? value : empty;
}

}  // namespace picket::cli
