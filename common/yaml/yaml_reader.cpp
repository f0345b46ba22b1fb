#include "common/api/status.hpp"
#include "common/base/utf8.hpp"
#include "common/yaml/yaml.hpp"
#include "common/yaml/yaml_scalar.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <optional>
#include <sstream>
#include <utility>

namespace picket {
namespace {

// yaml-cpp names what a node looked like by its tag: "?" unquoted, "!" quoted, otherwise what the
// author wrote.
constexpr std::string_view kPlainTag = "?";
constexpr std::string_view kQuotedTag = "!";
constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

int line_of(const YAML::Mark& mark) {
    return mark.line + 1;
}

[[noreturn]] void fail(const YAML::Mark& mark, const std::string& what) {
    throw YAML::ParserException(mark, what);
}

std::string key_text(const Json& key, const YAML::Mark& mark) {
    if (key.is_string()) return key.get<std::string>();
    if (key.is_primitive() && !key.is_null()) return key.dump();
    fail(mark, "a key must be a string");
}

// A value's node count bounds what aliases may multiply it to ("billion laughs").
std::size_t count_nodes(const Json& value) {
    std::size_t count = 1;
    if (value.is_structured()) {
        for (const Json& child : value) count += count_nodes(child);
    }
    return count;
}

/// Builds one document from the parser's events. A map is filled key by key; "<<" is put aside and
/// merged at its end, because keys written out win over merged ones wherever they stand.
class DocumentBuilder final : public YAML::EventHandler {
public:
    /// `position`: where the document before began; -1: there is none.
    explicit DocumentBuilder(int position) : position_(position) {}

    /// yaml-cpp leaves what belongs nowhere (", b" outside of a list) for the next document,
    /// without end.
    void OnDocumentStart(const YAML::Mark& mark) override {
        if (mark.pos <= position_) fail(mark, "what stands here belongs nowhere");
        position_ = mark.pos;
        line_ = line_of(mark);
    }
    [[nodiscard]] int position() const { return position_; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        put(mark, anchor, nullptr, false);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) fail(mark, "an alias inside its own anchor");
        charge(mark, count_nodes(found->second));
        put(mark, YAML::NullAnchor, found->second, false);
    }

    void OnScalar(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& value) override {
        charge(mark, 1);
        // yaml-cpp makes one byte of these two.
        if (!is_utf8(value)) fail(mark, R"(\N and \_ are not understood: write \u0085 and \u00a0)");
        put(mark, anchor, resolve(mark, tag, value), tag == kPlainTag && value == "<<");
    }

    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string&,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value) override {
        charge(mark, 1);
        open_.push_back({.mark = mark, .anchor = anchor, .value = Json::array()});
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(
        const YAML::Mark& mark,
        const std::string&,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value) override {
        charge(mark, 1);
        open_.push_back({.mark = mark, .anchor = anchor, .value = Json::object()});
    }
    void OnMapEnd() override {
        merge_into(open_.back());
        close();
    }

    YamlDocument take() { return {std::move(root_), line_}; }

private:
    struct Open {
        YAML::Mark mark;
        YAML::anchor_t anchor;
        Json value;
        bool has_key = false;
        bool key_is_merge = false;
        std::string key = {};
        std::vector<Json> merges = {};
    };

    static Json resolve(const YAML::Mark& mark, const std::string& tag, const std::string& value) {
        if (tag == kPlainTag || tag.empty()) return resolve_plain_scalar(value);
        if (tag == kQuotedTag) return value;
        if (!tag.starts_with(kCoreTag)) fail(mark, fmt::format("tag {} is not known", tag));
        const std::string_view type = std::string_view(tag).substr(kCoreTag.size());
        if (type == "str" || type == "binary" || type == "timestamp") return value;
        Json resolved = resolve_plain_scalar(value);
        if (type == "float" && resolved.is_number_integer()) return resolved.get<double>();
        const bool fits = (type == "int" && resolved.is_number_integer()) ||
                          (type == "float" && resolved.is_number()) ||
                          (type == "bool" && resolved.is_boolean()) ||
                          (type == "null" && resolved.is_null());
        if (!fits) fail(mark, fmt::format("\"{}\" is not a value of !!{}", value, type));
        return resolved;
    }

    void charge(const YAML::Mark& mark, std::size_t nodes) {
        nodes_ += nodes;
        if (nodes_ > kMaxYamlNodes)
            fail(mark, "the document is too large once its aliases are expanded");
    }

    void put(const YAML::Mark& mark, YAML::anchor_t anchor, Json value, bool is_merge_key) {
        if (anchor != YAML::NullAnchor) anchors_[anchor] = value;
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (open_.back().value.is_array()) {
            open_.back().value.push_back(std::move(value));
        } else if (!open_.back().has_key) {
            begin_entry(mark, open_.back(), value, is_merge_key);
        } else {
            end_entry(mark, open_.back(), std::move(value));
        }
    }

    static void begin_entry(const YAML::Mark& mark, Open& map, const Json& key, bool is_merge_key) {
        map.key = key_text(key, mark);
        map.key_is_merge = is_merge_key;
        map.has_key = true;
        if (!is_merge_key && map.value.contains(map.key))
            fail(mark, fmt::format("key \"{}\" is given twice", map.key));
        // Reserved at once, so that a second one is seen before the value of the first is complete.
        if (!is_merge_key) map.value[map.key] = nullptr;
    }

    static void end_entry(const YAML::Mark& mark, Open& map, Json value) {
        map.has_key = false;
        if (!map.key_is_merge) {
            map.value[map.key] = std::move(value);
        } else if (value.is_array()) {
            for (Json& source : value) add_merge(mark, map, std::move(source));
        } else {
            add_merge(mark, map, std::move(value));
        }
    }

    static void add_merge(const YAML::Mark& mark, Open& map, Json source) {
        if (!source.is_object()) fail(mark, "what \"<<\" merges must be a map or a list of maps");
        map.merges.push_back(std::move(source));
    }

    static void merge_into(Open& map) {
        for (const Json& source : map.merges) {
            for (const auto& [key, value] : source.items()) {
                if (!map.value.contains(key)) map.value[key] = value;
            }
        }
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        put(done.mark, done.anchor, std::move(done.value), false);
    }

    Json root_;
    int position_;
    int line_ = 1;
    std::size_t nodes_ = 0;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Json> anchors_;
};

std::string without_byte_order_mark(std::string_view text) {
    constexpr std::string_view kMark = "\xef\xbb\xbf";
    if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
    return std::string(text);
}

/// yaml-cpp would guess another encoding where it finds zeros, and pass on what it does not
/// understand. Nothing if all is text.
std::optional<int> first_line_without_text(std::string_view text) {
    int line = 1;
    for (std::size_t at = 0; at < text.size();) {
        const auto length = utf8_sequence_length(text.substr(at));
        if (length == 0 || text[at] == '\0') return line;
        if (text[at] == '\n') ++line;
        at += length;
    }
    return std::nullopt;
}

}  // namespace

Result<std::vector<YamlDocument>> parse_yaml(std::string_view text) {
    if (const auto line = first_line_without_text(text))
        return bad_request(fmt::format("line {}: not UTF-8", *line));
    std::istringstream stream(without_byte_order_mark(text));
    std::vector<YamlDocument> documents;
    try {
        YAML::Parser parser(stream);
        int position = -1;
        while (true) {
            DocumentBuilder builder(position);
            if (!parser.HandleNextDocument(builder)) break;
            position = builder.position();
            YamlDocument document = builder.take();
            if (!document.value.is_null()) documents.push_back(std::move(document));
        }
    } catch (const YAML::Exception& error) {
        return bad_request(fmt::format("line {}: {}", line_of(error.mark), error.msg));
    }
    return documents;
}

}  // namespace picket
