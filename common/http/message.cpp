#include "common/http/message.hpp"

#include <algorithm>

namespace picket::http {
namespace {

char lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

auto named(std::string_view name) {
    return [name](const auto& field) { return same_name(field.first, name); };
}

template <class Fields, class Matches>
std::optional<std::string_view> first_value(const Fields& fields, Matches matches) {
    const auto found = std::ranges::find_if(fields, matches);
    if (found == fields.end()) return std::nullopt;
    return found->second;
}

template <class Fields, class Matches>
std::vector<std::string_view> all_values(const Fields& fields, Matches matches) {
    std::vector<std::string_view> values;
    for (const auto& field : fields) {
        if (matches(field)) values.emplace_back(field.second);
    }
    return values;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::ranges::equal(a, b, {}, lower_case, lower_case);
}

std::string_view method_name(Method method) {
    switch (method) {
        case Method::Get:
            return "GET";
        case Method::Head:
            return "HEAD";
        case Method::Post:
            return "POST";
        case Method::Put:
            return "PUT";
        case Method::Patch:
            return "PATCH";
        case Method::Delete:
            return "DELETE";
        case Method::Options:
            return "OPTIONS";
        case Method::Other:
            break;
    }
    return "OTHER";
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    return first_value(fields_, named(name));
}

std::vector<std::string_view> Headers::find_all(std::string_view name) const {
    return all_values(fields_, named(name));
}

void Headers::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
    erase(name);
    add(std::move(name), std::move(value));
}

void Headers::erase(std::string_view name) {
    std::erase_if(fields_, named(name));
}

std::optional<std::string_view> Url::parameter(std::string_view name) const {
    return first_value(query, [name](const auto& field) { return field.first == name; });
}

std::vector<std::string_view> Url::parameters(std::string_view name) const {
    return all_values(query, [name](const auto& field) { return field.first == name; });
}

}  // namespace picket::http
