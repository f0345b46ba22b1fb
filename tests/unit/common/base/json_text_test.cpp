#include "common/base/json_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <vector>

using namespace picket;

namespace {

/// What a parser makes of a text: the document written out, with the types of its numbers, or the
/// words of its refusal.
template <class Parse>
std::string verdict_on(const std::string& text, Parse parse) {
    try {
        const Json document = parse(text);
        return std::string(document.type_name()) +
               std::to_string(static_cast<int>(document.type())) + document.dump();
    } catch (const Json::exception& refusal) {
        return refusal.what();
    }
}

std::string nlohmanns_verdict(const std::string& text) {
    return verdict_on(text, [](const std::string& one) { return Json::parse(one); });
}
std::string our_verdict(const std::string& text) {
    return verdict_on(text, [](const std::string& one) { return parse_json(one); });
}

const std::vector<std::string> kTexts = {
    "",
    " ",
    "null",
    " true ",
    "false",
    "nul",
    "0",
    "-0",
    "-0.0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "0.1",
    "1.7976931348623157e308",
    "1e999",
    "1e-999",
    "123456789012345678901234567890.5",
    "2.2250738585072011e-308",
    "01",
    "1.",
    "+1",
    "\"\"",
    R"("a\n\t\"\\\/\u0041\u00e9\ud83d\ude00")",
    R"("\ud800")",
    R"("\udc00\ud800")",
    "\"\xc3\xa9\xf0\x9f\x98\x80\"",
    "\"\xff\"",
    "\"\xc0\x80\"",
    "\"\xed\xa0\x80\"",
    "\"a\tb\"",
    "\"open",
    "[]",
    "[1,[2,[3,{}]],\"x\"]",
    "[1,]",
    "[1 2]",
    "{}",
    R"({"a":1,"b":{"c":[true,false,null]}})",
    R"({"b":1,"a":2})",
    R"({"a":1,"a":{"b":2}})",
    R"({"a":{"b":2},"a":{"c":3}})",
    R"({"a" 1})",
    R"({"a":1,})",
    R"({a:1})",
    "{} x",
    "{}{}",
    "\xef\xbb\xbf{}",
    "/* no */ {}",
    std::string("{\0}", 3),
    std::string(299, '[') + std::string(299, ']'),
    std::string(301, '[') + std::string(301, ']'),
    std::string(5000, '[') + std::string(5000, ']')};

class Dice {
public:
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

private:
    std::mt19937_64 engine_{7};
};

Json random_document(Dice& random, int depth) {
    const auto kind = random.below(depth > 3 ? 6 : 9);
    const auto size = random.below(5);
    switch (kind) {
        case 0:
            return nullptr;
        case 1:
            return random.below(2) == 0;
        case 2:
            return static_cast<std::int64_t>(random.below(2'000'000)) - 1'000'000;
        case 3:
            return random.below(~std::uint64_t{0});
        case 4:
            return static_cast<double>(random.below(1'000'000)) / 1024.0;
        case 5: {
            static const std::vector<std::string> pieces = {
                "plain", "\"", "\\", "\n", "\x7f", "\x01", "\xc3\xa9", "/", "01234567", " "};
            std::string text;
            for (std::uint64_t i = 0; i < size; ++i) text += pieces[random.below(pieces.size())];
            return text;
        }
        case 6:
        case 7: {
            auto object = Json::object();
            for (std::uint64_t i = 0; i < size; ++i)
                object["k" + std::to_string(random.below(20))] = random_document(random, depth + 1);
            return object;
        }
        default: {
            auto list = Json::array();
            for (std::uint64_t i = 0; i < size; ++i)
                list.push_back(random_document(random, depth + 1));
            return list;
        }
    }
}

}  // namespace

TEST_CASE("JSON text: what nlohmann reads or refuses, we read or refuse alike", "[json]") {
    const auto text = GENERATE(from_range(kTexts));
    CAPTURE(text);
    CHECK(our_verdict(text) == nlohmanns_verdict(text));
}

TEST_CASE("JSON text: a document survives writing and reading, and is written as ever", "[json]") {
    Dice random;
    for (int i = 0; i < 2'000; ++i) {
        const auto document = random_document(random, 0);
        const auto text = format_json(document);
        CHECK(text == document.dump());
        CHECK(parse_json(text) == document);
    }
}

TEST_CASE("JSON text: every cut of a document is refused in the same words", "[json]") {
    const std::string whole = R"({"a":[1,-2.5e3,"x\u00e9y"],"b":{"c":null,"d":true}})";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const auto cut = whole.substr(0, size);
        CAPTURE(cut);
        CHECK(our_verdict(cut) == nlohmanns_verdict(cut));
    }
}

TEST_CASE("JSON text: a key that comes twice is told", "[json]") {
    const auto repeats = [](const std::string& text) {
        Json document;
        JsonFacts facts;
        REQUIRE(scan_json(text, document, facts));
        return facts.repeated_key;
    };
    CHECK(repeats(R"({"a":1,"b":2,"a":3})"));
    CHECK(repeats(R"([{"x":{"a":1,"a":1}}])"));
    CHECK_FALSE(repeats(R"({"b":1,"a":{"b":1},"c":[{"a":1},{"a":1}]})"));
}

TEST_CASE("JSON text: its depth is told", "[json]") {
    Json document;
    JsonFacts facts;
    REQUIRE(scan_json(R"({"a":[{"b":[]}],"c":[]})", document, facts));
    CHECK(facts.depth == 4);
}

TEST_CASE("JSON text: bad UTF-8 is refused or replaced", "[json]") {
    const Json document = {
        {"text",
         "a\xff"
         "b"}};
    CHECK_THROWS_AS(format_json(document), Json::type_error);
    CHECK(
        format_json(document, BadUtf8::Replace) ==
        document.dump(-1, ' ', false, Json::error_handler_t::replace));
}
