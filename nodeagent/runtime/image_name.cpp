#include "nodeagent/runtime/image_name.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_path_part(std::string_view part) {
    return !part.empty() && is_lower_or_digit(part.front()) && is_lower_or_digit(part.back()) &&
           std::all_of(part.begin(), part.end(), [](char c) {
               return is_lower_or_digit(c) || c == '.' || c == '_' || c == '-';
           });
}

bool is_host(std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
               c == '[' || c == ']';
    });
}

bool looks_like_host(std::string_view part) {
    return part == "localhost" || part.find_first_of(".:") != std::string_view::npos;
}

bool is_repository(std::string_view text) {
    bool first = true;
    while (true) {
        const auto slash = text.find('/');
        const auto part = text.substr(0, slash);
        const bool host = first && slash != std::string_view::npos && looks_like_host(part);
        if (host ? !is_host(part) : !is_path_part(part)) return false;
        if (slash == std::string_view::npos) return true;
        text.remove_prefix(slash + 1);
        first = false;
    }
}

bool is_tag(std::string_view text) {
    const auto word = [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
    return !text.empty() && text.size() <= 128 && word(text.front()) &&
           std::all_of(
               text.begin(), text.end(), [&](char c) { return word(c) || c == '.' || c == '-'; });
}

bool is_digest(std::string_view text) {
    constexpr std::string_view kPrefix = "sha256:";
    if (!text.starts_with(kPrefix) || text.size() != kPrefix.size() + 64) return false;
    return text.find_first_not_of("0123456789abcdef", kPrefix.size()) == std::string_view::npos;
}

/// As the engine lists it: without what is understood.
std::string_view familiar_repository(std::string_view repository) {
    for (const std::string_view understood : {"docker.io/", "index.docker.io/", "library/"}) {
        if (repository.starts_with(understood)) repository.remove_prefix(understood.size());
    }
    return repository;
}

}  // namespace

std::optional<ImageName> parse_image_name(std::string_view text) {
    ImageName name;
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        if (!is_digest(text.substr(at + 1))) return std::nullopt;
        name.digest = text.substr(at + 1);
        text = text.substr(0, at);
    }
    const auto slash = text.rfind('/');
    const auto colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
    if (colon != std::string_view::npos) {
        if (!is_tag(text.substr(colon + 1))) return std::nullopt;
        name.tag = text.substr(colon + 1);
        text = text.substr(0, colon);
    } else if (name.digest.empty()) {
        name.tag = "latest";
    }
    if (!is_repository(text)) return std::nullopt;
    name.repository = text;
    return name;
}

bool same_image_name(std::string_view a, std::string_view b) {
    const auto left = parse_image_name(a);
    const auto right = parse_image_name(b);
    if (!left || !right) return a == b;
    return familiar_repository(left->repository) == familiar_repository(right->repository) &&
           left->version() == right->version();
}

}  // namespace picket::nodeagent
