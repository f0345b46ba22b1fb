#include "apiserver/routes/body.hpp"

#include "apiserver/routes/protobuf.hpp"
#include "common/api/status.hpp"
#include "common/base/json_text.hpp"
#include "common/yaml/yaml.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

namespace picket::apiserver {
namespace {

/// What a look at the text tells before it is parsed; linear, so that no hostile body reaches a
/// recursive function.
struct Outline {
    std::size_t depth = 0;  ///< deepest nesting of brackets
    std::size_t keys = 0;   ///< of all objects, each as often as it is written
};

Outline outline_of(std::string_view text) {
    Outline outline;
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            outline.depth = std::max(outline.depth, ++depth);
        } else if (c == ':') {
            ++outline.keys;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return outline;
}

/// The keys of all objects in a document.
std::size_t count_keys(const Json& document) {
    std::size_t count = document.is_object() ? document.size() : 0;
    if (!document.is_structured()) return 0;
    for (const auto& element : document) count += count_keys(element);
    return count;
}

/// Levels of a parsed document. Its reader has a limit of its own, so this may recurse.
std::size_t depth_of(const Json& value) {
    std::size_t deepest = 0;
    if (!value.is_structured()) return deepest;
    for (const auto& member : value) deepest = std::max(deepest, depth_of(member));
    return deepest + 1;
}

/// Follows the parser through a document and notes each key that its object already had.
class DuplicateFinder {
public:
    bool operator()(int, Json::parse_event_t event, Json& parsed) {
        switch (event) {
            case Json::parse_event_t::object_start:
                levels_.push_back({false, {}, {}, 0});
                break;
            case Json::parse_event_t::array_start:
                levels_.push_back({true, {}, {}, 0});
                break;
            case Json::parse_event_t::key:
                enter_key(parsed.get<std::string>());
                break;
            case Json::parse_event_t::value:
                next_element();
                break;
            case Json::parse_event_t::object_end:
            case Json::parse_event_t::array_end:
                levels_.pop_back();
                next_element();
                break;
        }
        return true;
    }
    [[nodiscard]] std::vector<std::string> take() { return std::move(duplicates_); }

private:
    struct Level {
        bool array;
        std::string key;
        std::set<std::string> keys;
        std::size_t position;
    };

    void enter_key(std::string key) {
        levels_.back().key = key;
        if (!levels_.back().keys.insert(std::move(key)).second) duplicates_.push_back(path());
    }
    void next_element() {
        if (!levels_.empty() && levels_.back().array) ++levels_.back().position;
    }
    [[nodiscard]] std::string path() const {
        std::string text;
        for (const auto& level : levels_) {
            if (level.array) {
                text += fmt::format("[{}]", level.position);
            } else {
                text.append(text.empty() ? "" : ".").append(level.key);
            }
        }
        return text;
    }

    std::vector<Level> levels_;
    std::vector<std::string> duplicates_;
};

Error not_json(std::string_view why) {
    return bad_request(fmt::format("the body of the request is not valid JSON: {}", why));
}

// nlohmann prefixes its text with an id and the position; the position is what a person needs.
std::string_view without_id(std::string_view text) {
    const auto end = text.find("] ");
    return end == std::string_view::npos ? text : text.substr(end + 2);
}

}  // namespace

Result<DecodedBody> parse_json_body(std::string_view body, bool find_duplicates) try {
    DecodedBody decoded;
    JsonFacts facts;
    if (scan_json(body, decoded.document, facts) && facts.depth <= kMaxBodyDepth &&
        !(find_duplicates && facts.repeated_key)) {
        return decoded;
    }
    const auto outline = outline_of(body);
    if (outline.depth > kMaxBodyDepth) {
        return not_json(fmt::format("it nests deeper than {} levels", kMaxBodyDepth));
    }
    auto document = Json::parse(body);
    if (!find_duplicates || count_keys(document) == outline.keys) {
        return DecodedBody{std::move(document), {}};
    }
    DuplicateFinder finder;
    // The parser copies its callback, so the finder is handed over by reference.
    document = Json::parse(body, Json::parser_callback_t(std::ref(finder)));
    return DecodedBody{std::move(document), finder.take()};
} catch (const Json::exception& failure) {
    return not_json(without_id(failure.what()));
}

Result<DecodedBody> parse_yaml_body(std::string_view body, bool find_duplicates) {
    // JSON needs no slow reader, and its duplicates are for fieldValidation to judge.
    if (body.find_first_not_of(" \t\r\n") == body.find('{') && body.find('{') != body.npos) {
        return parse_json_body(body, find_duplicates);
    }
    if (outline_of(body).depth > kMaxBodyDepth) return not_json("it nests too deep");
    auto documents = parse_yaml(body);
    if (!documents) return documents.error();
    if (documents->size() != 1) {
        return bad_request(fmt::format(
            "the body of the request must be one YAML document, not {}", documents->size()));
    }
    auto& document = documents->front().value;
    if (depth_of(document) > kMaxBodyDepth) return not_json("it nests too deep");
    return DecodedBody{std::move(document), {}};
}

Result<DecodedBody> decode_body(
    std::string_view media_type, std::string_view body, bool find_duplicates) {
    if (body.empty()) return DecodedBody{Json(), {}};
    if (media_type.empty() || media_type == "application/json") {
        return parse_json_body(body, find_duplicates);
    }
    if (media_type == "application/yaml") return parse_yaml_body(body, find_duplicates);
    if (media_type == kProtobufMediaType) {
        auto document = decode_protobuf(body);
        if (!document) return document.error();
        return DecodedBody{std::move(*document), {}};
    }
    return Error{
        Reason::UnsupportedMediaType,
        fmt::format(
            "the body of the request was in an unknown format ({}) - accepted media types include: "
            "application/json, application/yaml, {}",
            media_type,
            kProtobufMediaType)};
}

}  // namespace picket::apiserver
