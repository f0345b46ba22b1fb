#include "common/base/field_error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::field {
namespace {

std::string shown(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string with_detail(std::string text, std::string_view detail) {
    if (!detail.empty()) text.append(": ").append(detail);
    return text;
}

}  // namespace

FieldError required(std::string path, std::string_view detail) {
    return {CauseType::Required, std::move(path), with_detail("Required value", detail), {}};
}

FieldError invalid(std::string path, const Json& value, std::string_view detail) {
    return {
        CauseType::Invalid,
        std::move(path),
        with_detail("Invalid value: " + shown(value), detail),
        {}};
}

FieldError not_supported(
    std::string path, const Json& value, std::span<const std::string_view> supported) {
    std::string list;
    for (const auto word : supported)
        list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", word);
    return {
        CauseType::NotSupported,
        std::move(path),
        with_detail("Unsupported value: " + shown(value), "supported values: " + list),
        {}};
}

FieldError not_supported(
    std::string path, const Json& value, std::initializer_list<std::string_view> supported) {
    return not_supported(std::move(path), value, std::span(supported.begin(), supported.size()));
}

FieldError forbidden(std::string path, std::string_view detail) {
    return {CauseType::Forbidden, std::move(path), with_detail("Forbidden", detail), {}};
}

FieldError duplicate(std::string path, const Json& value) {
    return {CauseType::Duplicate, std::move(path), "Duplicate value: " + shown(value), {}};
}

FieldError not_found(std::string path, const Json& value) {
    return {CauseType::NotFound, std::move(path), "Not found: " + shown(value), {}};
}

FieldError too_long(std::string path, std::string_view detail) {
    return {CauseType::TooLong, std::move(path), with_detail("Too long", detail), {}};
}

FieldError too_many(std::string path, std::string_view detail) {
    return {CauseType::TooMany, std::move(path), with_detail("Too many", detail), {}};
}

FieldError type_invalid(std::string path, const Json& value, std::string_view detail) {
    return {
        CauseType::TypeInvalid,
        std::move(path),
        with_detail("Invalid value: " + shown(value), detail),
        {}};
}

std::string index(std::string_view path, std::size_t position) {
    return fmt::format("{}[{}]", path, position);
}

std::string child(std::string_view path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

std::string key(std::string_view path, std::string_view name) {
    return fmt::format("{}[{}]", path, name);
}

}  // namespace picket::field
