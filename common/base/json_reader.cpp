// Boost.JSON's scanner, which knows what JSON is and is fast, and nlohmann's documents, which all
// of picket speaks. Whatever the scanner refuses is given to nlohmann's parser: its verdict and its
// words count.
#include "common/base/json_text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <vector>

namespace picket {
namespace {

namespace scan = boost::json;
using boost::system::error_code;

/// Deeper documents are left to nlohmann, which needs no stack for them.
constexpr std::size_t kDepth = 300;

/// Builds the document from what the scanner finds. False stops it.
class DocumentBuilder {
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    [[nodiscard]] Json& document() { return document_; }
    [[nodiscard]] const JsonFacts& facts() const { return facts_; }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }

    bool on_object_begin(error_code&) { return begin(Json::value_t::object); }
    bool on_object_end(std::size_t, error_code&) { return end(); }
    bool on_array_begin(error_code&) { return begin(Json::value_t::array); }
    bool on_array_end(std::size_t, error_code&) { return end(); }

    bool on_key_part(scan::string_view part, std::size_t, error_code&) { return append(part); }
    bool on_key(scan::string_view last, std::size_t, error_code&) {
        append(last);
        auto& members = open_.back()->get_ref<Json::object_t&>();
        // What picket stores has its keys in order: the new one goes behind the last.
        const auto before = members.size();
        const auto member = members.emplace_hint(members.end(), std::move(text_), nullptr);
        text_.clear();
        if (members.size() == before) {
            facts_.repeated_key = true;
            member->second = nullptr;
        }
        member_ = &member->second;
        return true;
    }

    bool on_string_part(scan::string_view part, std::size_t, error_code&) { return append(part); }
    bool on_string(scan::string_view last, std::size_t, error_code&) {
        append(last);
        place() = std::move(text_);
        text_.clear();
        return true;
    }

    bool on_number_part(scan::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t value, scan::string_view digits, error_code&) {
        if (digits.starts_with('-')) {
            place() = value;
        } else {
            place() = static_cast<std::uint64_t>(value);
        }
        return true;
    }
    bool on_uint64(std::uint64_t value, scan::string_view, error_code&) {
        place() = value;
        return true;
    }
    /// The scanner's own value may be off in the last digit.
    bool on_double(double, scan::string_view digits, error_code& error) {
        double value = 0;
        const auto* end = digits.data() + digits.size();
        const auto [stop, problem] = std::from_chars(digits.data(), end, value);
        if (problem != std::errc{} || stop != end) {
            error = scan::error::syntax;
            return false;
        }
        place() = value;
        return true;
    }

    bool on_bool(bool value, error_code&) {
        place() = value;
        return true;
    }
    bool on_null(error_code&) {
        place() = nullptr;
        return true;
    }
    bool on_comment_part(scan::string_view, error_code&) { return true; }
    bool on_comment(scan::string_view, error_code&) { return true; }

private:
    bool append(scan::string_view part) {
        text_.append(part.data(), part.size());
        return true;
    }

    /// Where the next value goes: the document, the member whose key was read, or a new element.
    Json& place() {
        if (open_.empty()) return document_;
        auto& around = *open_.back();
        if (around.is_object()) return *member_;
        return around.get_ref<Json::array_t&>().emplace_back();
    }

    bool begin(Json::value_t type) {
        auto& value = place();
        value = type;
        open_.push_back(&value);
        facts_.depth = std::max(facts_.depth, open_.size());
        return true;
    }
    bool end() {
        open_.pop_back();
        return true;
    }

    Json document_;
    std::vector<Json*> open_;  // the objects and lists around the next value
    Json* member_ = nullptr;
    std::string text_;
    JsonFacts facts_;
};

}  // namespace

bool scan_json(std::string_view text, Json& document, JsonFacts& facts) {
    scan::parse_options options;
    options.max_depth = kDepth;
    scan::basic_parser<DocumentBuilder> scanner(options);
    error_code error;
    const auto taken = scanner.write_some(false, text.data(), text.size(), error);
    if (error || !scanner.done() || taken != text.size()) return false;
    document = std::move(scanner.handler().document());
    facts = scanner.handler().facts();
    return true;
}

Json parse_json(std::string_view text) {
    Json document;
    JsonFacts facts;
    if (scan_json(text, document, facts)) return document;
    return Json::parse(text);
}

}  // namespace picket
