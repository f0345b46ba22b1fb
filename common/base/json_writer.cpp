#include "common/base/json_text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cstring>

namespace picket {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = 0x8080808080808080U;

/// The high bit of each byte that is `wanted`; right up to the first such byte.
constexpr std::uint64_t bytes_equal(std::uint64_t word, std::uint64_t wanted) {
    const auto difference = word ^ (kOnes * wanted);
    return (difference - kOnes) & ~difference;
}

/// True if the eight bytes go into a JSON string as they are: ASCII, no control character, quote or
/// backslash.
constexpr bool is_plain(std::uint64_t word) {
    const auto control = word - kOnes * 0x20;
    const auto special = word | control | bytes_equal(word, '"') | bytes_equal(word, '\\');
    return (special & kHighs) == 0;
}

bool is_plain(std::string_view text) {
    std::uint64_t word = 0;
    for (; text.size() >= sizeof(word); text.remove_prefix(sizeof(word))) {
        std::memcpy(&word, text.data(), sizeof(word));
        if (!is_plain(word)) return false;
    }
    word = kOnes * ' ';
    std::memcpy(&word, text.data(), text.size());
    return is_plain(word);
}

class JsonWriter {
public:
    explicit JsonWriter(Json::error_handler_t on_bad_utf8) : on_bad_utf8_(on_bad_utf8) {}

    void write(const Json& value);
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void write_object(const Json::object_t& members);
    void write_list(const Json::array_t& elements);
    void write_text(const std::string& text);
    template <class Number>
    void write_number(Number number);
    /// What is rare or has rules of its own.
    void write_as_dumped(const Json& value) { out_ += value.dump(-1, ' ', false, on_bad_utf8_); }

    Json::error_handler_t on_bad_utf8_;
    std::string out_;
};

void JsonWriter::write(const Json& value) {
    switch (value.type()) {
        case Json::value_t::object:
            return write_object(value.get_ref<const Json::object_t&>());
        case Json::value_t::array:
            return write_list(value.get_ref<const Json::array_t&>());
        case Json::value_t::string:
            return write_text(value.get_ref<const std::string&>());
        case Json::value_t::boolean:
            out_ += value.get<bool>() ? "true" : "false";
            return;
        case Json::value_t::number_integer:
            return write_number(value.get<std::int64_t>());
        case Json::value_t::number_unsigned:
            return write_number(value.get<std::uint64_t>());
        default:
            return write_as_dumped(value);
    }
}

void JsonWriter::write_object(const Json::object_t& members) {
    char before = '{';
    for (const auto& [key, value] : members) {
        out_ += before;
        write_text(key);
        out_ += ':';
        write(value);
        before = ',';
    }
    if (members.empty()) out_ += '{';
    out_ += '}';
}

void JsonWriter::write_list(const Json::array_t& elements) {
    char before = '[';
    for (const auto& element : elements) {
        out_ += before;
        write(element);
        before = ',';
    }
    if (elements.empty()) out_ += '[';
    out_ += ']';
}

void JsonWriter::write_text(const std::string& text) {
    if (!is_plain(text)) return write_as_dumped(text);
    out_ += '"';
    out_ += text;
    out_ += '"';
}

template <class Number>
void JsonWriter::write_number(Number number) {
    std::array<char, 24> digits;  // NOLINT: filled before it is read
    const auto [end, problem] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out_.append(digits.data(), end);
}

}  // namespace

std::string format_json(const Json& document, BadUtf8 policy) {
    JsonWriter writer(
        policy == BadUtf8::Throw ? Json::error_handler_t::strict : Json::error_handler_t::replace);
    writer.write(document);
    return writer.take();
}

}  // namespace picket
