#include "common/api/names.hpp"

#include "common/base/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket {
namespace {

constexpr std::size_t kLabelLength = 63;
constexpr std::size_t kSubdomainLength = 253;
constexpr std::size_t kPortNameLength = 15;

bool is_lower_alnum(char c) {
    return is_lower(c) || is_digit(c);
}
bool is_alnum(char c) {
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z');
}

bool is_dns_label(std::string_view text) {
    return !text.empty() && is_lower_alnum(text.front()) && is_lower_alnum(text.back()) &&
           std::ranges::all_of(text, [](char c) { return is_lower_alnum(c) || c == '-'; });
}

bool is_dns_subdomain(std::string_view text) {
    while (true) {
        const auto dot = text.find('.');
        if (!is_dns_label(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_label_word(std::string_view text) {
    return !text.empty() && is_alnum(text.front()) && is_alnum(text.back()) &&
           std::ranges::all_of(
               text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

void check_length(
    std::string_view text, std::size_t limit, NameProblems& problems, std::string_view what = "") {
    if (text.size() <= limit) return;
    problems.push_back(fmt::format("{}must be no more than {} characters", what, limit));
}

constexpr std::string_view kLabelWordRule =
    "must consist of letters, digits, '-', '_' or '.', with a letter or digit at both ends "
    "(for example 'MyName', 'my.name' or '123-abc')";
constexpr std::string_view kSubdomainRule =
    "must consist of lower-case letters, digits, '-' or '.', and every part between dots must "
    "start and end "
    "with a letter or digit (for example 'node1.example.com')";

}  // namespace

NameProblems check_dns_label(std::string_view text) {
    NameProblems problems;
    check_length(text, kLabelLength, problems);
    if (!is_dns_label(text)) {
        problems.emplace_back(
            "must consist of lower-case letters, digits or '-', with a letter or digit at both "
            "ends "
            "(for example 'my-name' or '123-abc')");
    }
    return problems;
}

NameProblems check_dns_subdomain(std::string_view text) {
    NameProblems problems;
    check_length(text, kSubdomainLength, problems);
    if (!is_dns_subdomain(text)) problems.emplace_back(kSubdomainRule);
    return problems;
}

NameProblems check_qualified_name(std::string_view text) {
    NameProblems problems;
    const auto slash = text.find('/');
    if (slash != std::string_view::npos) {
        const auto prefix = text.substr(0, slash);
        check_length(prefix, kSubdomainLength, problems, "prefix part ");
        if (!is_dns_subdomain(prefix))
            problems.push_back(fmt::format("prefix part {}", kSubdomainRule));
        text.remove_prefix(slash + 1);
    }
    check_length(text, kLabelLength, problems, "name part ");
    if (!is_label_word(text)) problems.push_back(fmt::format("name part {}", kLabelWordRule));
    return problems;
}

NameProblems check_label_value(std::string_view text) {
    NameProblems problems;
    check_length(text, kLabelLength, problems);
    if (!text.empty() && !is_label_word(text)) {
        problems.push_back(fmt::format("must be empty, or {}", kLabelWordRule));
    }
    return problems;
}

NameProblems check_port_name(std::string_view text) {
    NameProblems problems;
    check_length(text, kPortNameLength, problems);
    if (!is_dns_label(text)) {
        problems.emplace_back(
            "must consist of lower-case letters, digits or '-', with a letter or digit at both "
            "ends");
    }
    if (!std::ranges::any_of(text, is_lower))
        problems.emplace_back("must contain at least one letter");
    if (text.find("--") != std::string_view::npos) problems.emplace_back("must not contain '--'");
    return problems;
}

NameProblems check_data_key(std::string_view text) {
    NameProblems problems;
    check_length(text, kSubdomainLength, problems);
    const auto allowed = [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; };
    if (text.empty() || !std::ranges::all_of(text, allowed)) {
        problems.emplace_back(
            "must consist of letters, digits, '-', '_' or '.' (for example 'key.name')");
    }
    if (text == "." || text.starts_with(".."))
        problems.emplace_back("must not be '.' or start with '..'");
    return problems;
}

NameProblems check_path_segment(std::string_view text) {
    NameProblems problems;
    check_length(text, kSubdomainLength, problems);
    if (text.empty()) problems.emplace_back("must not be empty");
    if (text == "." || text == "..") problems.emplace_back("must not be '.' or '..'");
    for (const char c : {'/', '%'}) {
        if (text.find(c) == std::string_view::npos) continue;
        problems.push_back(fmt::format("must not contain '{}'", c));
    }
    return problems;
}

}  // namespace picket
