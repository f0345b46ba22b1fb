#include "apiserver/routes/negotiation.hpp"

#include "apiserver/routes/openapi_protobuf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace picket::apiserver {
namespace {

struct MediaRange {
    std::string type;
    std::map<std::string, std::string, std::less<>> parameters;
    [[nodiscard]] std::string parameter(std::string_view name) const {
        const auto found = parameters.find(name);
        return found == parameters.end() ? std::string() : found->second;
    }
};

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(trim(text.substr(0, end)));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

MediaRange parse_media_range(std::string_view text) {
    const auto parts = split(text, ';');
    MediaRange range;
    range.type = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const auto equals = parts[i].find('=');
        if (equals == std::string_view::npos) continue;
        range.parameters.emplace(
            trim(parts[i].substr(0, equals)), trim(parts[i].substr(equals + 1)));
    }
    return range;
}

bool is_json(const MediaRange& range) {
    return range.type == "application/json" || range.type == "application/*" || range.type == "*/*";
}

/// The router writes what would be JSON as YAML.
bool is_yaml(const MediaRange& range) {
    return range.type == "application/yaml";
}

std::optional<Accepted> accepted_object(const MediaRange& range) {
    if (is_yaml(range)) return Accepted{};
    if (!is_json(range)) return std::nullopt;
    const auto as = range.parameter("as");
    if (as.empty()) return Accepted{};
    const auto version = range.parameter("v");
    const bool known =
        range.parameter("g") == "meta.k8s.io" && (version == "v1" || version == "v1beta1");
    if (!known) return std::nullopt;
    if (as == "Table") return Accepted{Shape::Table, version};
    if (as == "PartialObjectMetadata" || as == "PartialObjectMetadataList") {
        return Accepted{Shape::PartialMetadata, version};
    }
    return std::nullopt;
}

std::optional<Accepted> accepted_discovery(const MediaRange& range) {
    if (is_yaml(range)) return Accepted{};
    if (!is_json(range)) return std::nullopt;
    const auto as = range.parameter("as");
    if (as.empty()) return Accepted{};
    const auto version = range.parameter("v");
    const bool known = as == "APIGroupDiscoveryList" && (version == "v2" || version == "v2beta1");
    if (!known || range.parameter("g") != "apidiscovery.k8s.io") return std::nullopt;
    return Accepted{Shape::AggregatedDiscovery, version};
}

using Accepts = std::optional<Accepted> (*)(const MediaRange&);

std::vector<MediaRange> accepted_ranges(const http::Headers& headers) {
    std::vector<MediaRange> ranges;
    for (const auto field : headers.find_all("Accept")) {
        for (const auto text : split(field, ',')) {
            if (!text.empty()) ranges.push_back(parse_media_range(text));
        }
    }
    return ranges;
}

Error only_accepted(std::string_view types) {
    return {
        Reason::NotAcceptable,
        fmt::format("only the following media types are accepted: {}", types)};
}

Result<Accepted> first_accepted(const http::Headers& headers, Accepts accepts) {
    const auto ranges = accepted_ranges(headers);
    for (const auto& range : ranges) {
        if (auto accepted = accepts(range)) return std::move(*accepted);
    }
    if (ranges.empty()) return Accepted{};
    return only_accepted(
        "application/json, application/yaml, application/json;as=Table;v=v1;g=meta.k8s.io, "
        "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
}

}  // namespace

Result<Accepted> negotiate(const http::Headers& headers) {
    return first_accepted(headers, accepted_object);
}

Result<Accepted> negotiate_discovery(const http::Headers& headers) {
    return first_accepted(headers, accepted_discovery);
}

bool wants_yaml(const http::Headers& headers) {
    for (const auto& range : accepted_ranges(headers)) {
        if (is_yaml(range)) return true;
        if (is_json(range)) return false;
    }
    return false;
}

Result<bool> negotiate_openapi_v2(const http::Headers& headers) {
    const auto ranges = accepted_ranges(headers);
    for (const auto& range : ranges) {
        if (range.type == kAskedOpenapiProtobuf || range.type == kOpenapiProtobuf) return true;
        if (is_json(range) || is_yaml(range)) return false;
    }
    if (ranges.empty()) return false;
    return only_accepted(fmt::format("application/json, {}", kOpenapiProtobuf));
}

std::string media_type(const http::Headers& headers) {
    const auto field = headers.find("Content-Type");
    if (!field) return {};
    std::string type(trim(field->substr(0, field->find(';'))));
    std::ranges::transform(type, type.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return type;
}

}  // namespace picket::apiserver
