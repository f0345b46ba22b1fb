#pragma once
/// Tolerant reading of documents that the API server has validated: what is absent, null or of
/// another type reads as empty. Typed views are made of these.
#include "common/api/label_selector.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::json_read {

/// The member, or a null that lives for ever.
[[nodiscard]] const Json& member(const Json& object, std::string_view key);
/// Whether the member is there and not null.
[[nodiscard]] bool has(const Json& object, std::string_view key);
[[nodiscard]] std::string text(const Json& object, std::string_view key);
[[nodiscard]] std::int64_t integer(
    const Json& object, std::string_view key, std::int64_t otherwise = 0);
[[nodiscard]] std::optional<std::int64_t> optional_integer(
    const Json& object, std::string_view key);
[[nodiscard]] bool boolean(const Json& object, std::string_view key);
[[nodiscard]] std::optional<bool> optional_boolean(const Json& object, std::string_view key);
[[nodiscard]] std::optional<TimePoint> time(const Json& object, std::string_view key);
[[nodiscard]] Labels string_map(const Json& object, std::string_view key);
[[nodiscard]] std::vector<std::string> strings(const Json& object, std::string_view key);
/// The entry of a status' `conditions` with that type; null if there is none.
[[nodiscard]] const Json* condition(const Json& status, std::string_view type);

/// One T per element of a list member.
template <class T, class Parse>
std::vector<T> list(const Json& object, std::string_view key, Parse parse) {
    std::vector<T> result;
    for (const auto& element : member(object, key)) result.push_back(parse(element));
    return result;
}

/// T of an object member, if it is there.
template <class T, class Parse>
std::optional<T> optional_object(const Json& parent, std::string_view key, Parse parse) {
    const auto& object = member(parent, key);
    return object.is_object() ? std::optional<T>(parse(object)) : std::nullopt;
}

}  // namespace picket::json_read
