#include "common/yaml/yaml.hpp"
#include "common/yaml/yaml_scalar.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket {
namespace {

void write_value(std::string& out, const Json& value, std::size_t indent);

bool is_printable(unsigned char c) {
    return c == '\n' || (c >= 0x20 && c != 0x7f);
}

// A literal block keeps text readable, where it can hold it exactly.
bool fits_literal_block(std::string_view text) {
    if (text.find('\n') == std::string_view::npos || text.front() == ' ' || text.front() == '\n')
        return false;
    if (text.find(" \n") != std::string_view::npos || text.back() == ' ' || text.ends_with("\n\n"))
        return false;
    return std::ranges::all_of(text, [](unsigned char c) { return is_printable(c) && c < 0x80; });
}

void write_literal_block(std::string& out, std::string_view text, std::size_t indent) {
    indent = std::max<std::size_t>(
        indent, 2);  // a document that is only text: at column 0 it would not be inside
    out += text.ends_with('\n') ? "|\n" : "|-\n";
    if (text.ends_with('\n')) text.remove_suffix(1);
    while (true) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        if (!line.empty()) out.append(indent, ' ').append(line);
        out += '\n';
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

/// JSON writes a character beyond U+FFFF as two surrogates, which are none in YAML: \U and eight
/// digits.
std::string with_whole_characters(std::string_view json) {
    std::string out;
    for (std::size_t at = 0; at < json.size();) {
        const std::size_t size = json[at] == '\\' ? 2 : 1;
        if (!json.substr(at).starts_with("\\ud")) {
            out += json.substr(at, size);
            at += size;
            continue;
        }
        const auto high = std::stoul(std::string(json.substr(at + 2, 4)), nullptr, 16);
        if (high < 0xd800) {
            out += json.substr(at, 6);
            at += 6;
            continue;
        }
        const auto low = std::stoul(std::string(json.substr(at + 8, 4)), nullptr, 16);
        out += fmt::format("\\U{:08x}", 0x10000 + ((high - 0xd800) << 10U) + (low - 0xdc00));
        at += 12;
    }
    return out;
}

// JSON's escapes are a part of YAML's double-quoted style; bytes that are no UTF-8 become U+FFFD.
std::string quote(const std::string& text) {
    std::string quoted =
        with_whole_characters(Json(text).dump(-1, ' ', true, Json::error_handler_t::replace));
    for (std::size_t at = 0; (at = quoted.find('\x7f', at)) != std::string::npos;)
        quoted.replace(at, 1, "\\x7f");
    return quoted;
}

void write_string(std::string& out, const std::string& text, std::size_t indent) {
    if (is_safe_plain_string(text)) {
        out += text + "\n";
    } else if (fits_literal_block(text)) {
        write_literal_block(out, text, indent);
    } else {
        out += quote(text) + "\n";
    }
}

/// A reader looks for the colon of a key no further than 1024 characters: what may be longer is
/// said to be a key.
void write_key(std::string& out, const std::string& key, std::size_t indent) {
    constexpr std::size_t kLongestPlainKey = 1'000;
    const auto text = is_safe_plain_string(key) ? key : quote(key);
    if (text.size() > kLongestPlainKey) {
        out.append("? ").append(text).append("\n").append(indent, ' ').append(":");
    } else {
        out.append(text).append(":");
    }
}

bool stands_on_own_lines(const Json& value) {
    return value.is_structured() && !value.empty();
}

void write_map(std::string& out, const Json& map, std::size_t indent) {
    bool first = true;
    for (const auto& [key, value] : map.items()) {
        if (!first) out.append(indent, ' ');
        first = false;
        write_key(out, key, indent);
        if (!stands_on_own_lines(value)) {
            out += ' ';
            write_value(out, value, indent + 2);
            continue;
        }
        // Dashes stand at the indent of their key, as kubectl prints them.
        const std::size_t inner = value.is_array() ? indent : indent + 2;
        out += '\n';
        out.append(inner, ' ');
        write_value(out, value, inner);
    }
}

void write_list(std::string& out, const Json& list, std::size_t indent) {
    bool first = true;
    for (const Json& value : list) {
        if (!first) out.append(indent, ' ');
        first = false;
        out += "- ";
        write_value(out, value, indent + 2);
    }
}

/// The cursor stands at column `indent`; what is written ends with a newline.
void write_value(std::string& out, const Json& value, std::size_t indent) {
    if (value.is_object() && !value.empty()) {
        write_map(out, value, indent);
    } else if (value.is_array() && !value.empty()) {
        write_list(out, value, indent);
    } else if (value.is_string()) {
        write_string(out, value.get_ref<const std::string&>(), indent);
    } else {
        out += value.dump() + "\n";
    }
}

}  // namespace

std::string format_yaml(const Json& value) {
    std::string out;
    write_value(out, value, 0);
    return out;
}

}  // namespace picket
