#pragma once
/// Documents from text and back, as nlohmann's parse() and dump() do it, in a third of the time.
#include "common/base/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace picket {

/// The document that Json::parse() makes of the text; throws what Json::parse() throws.
[[nodiscard]] Json parse_json(std::string_view text);

/// What is known of a document once it has been read.
struct JsonFacts {
    std::size_t depth = 0;      ///< of its deepest list or object
    bool repeated_key = false;  ///< an object has a key twice; the last one counts
};
/// The fast half of parse_json(): false if the text is not JSON, or unusual enough to be left to
/// nlohmann.
[[nodiscard]] bool scan_json(std::string_view text, Json& document, JsonFacts& facts);

enum class BadUtf8 { Throw, Replace };
/// The text that Json::dump() makes of the document.
[[nodiscard]] std::string format_json(const Json& document, BadUtf8 policy = BadUtf8::Throw);

}  // namespace picket
