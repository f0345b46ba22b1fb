#include "common/yaml/yaml.hpp"

#include "common/base/random.hpp"
#include "common/yaml/yaml_scalar.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <random>

using picket::format_yaml;
using picket::Json;
using picket::parse_yaml;
using picket::resolve_plain_scalar;

namespace {

Json parse_one(const std::string& text) {
    const auto documents = parse_yaml(text);
    INFO(text);
    if (!documents) FAIL(documents.error().message);
    REQUIRE(documents->size() == 1);
    return documents->front().value;
}

std::string parse_error(const std::string& text) {
    const auto documents = parse_yaml(text);
    INFO(text);
    REQUIRE_FALSE(documents.has_value());
    return documents.error().message;
}

// Words, indicators and white space that have broken YAML writers before.
constexpr std::array<std::string_view, 40> kPieces = {
    "a",    "true", "no", "0600", "1e3", "-",  ":",    ": ",   " #", "#", "'",  "\"", "\\", "\n",
    "\n\n", "\t",   " ",  "  ",   "{",   "}",  "[",    "]",    ",",  "&", "*",  "!",  "|",  ">",
    "%",    "@",    "`",  "?",    "~",   "<<", "\x7f", "\x01", "ä",  "☃", "\r", "---"};

class JsonMaker {
public:
    explicit JsonMaker(unsigned seed) : engine_(seed) {}

    Json value(int depth) {
        switch (pick(depth > 0 ? 8 : 6)) {
            case 0:
                return nullptr;
            case 1:
                return pick(2) == 0;
            case 2:
                return static_cast<std::int64_t>(pick(2000)) - 1000;
            case 3:
                return static_cast<double>(pick(1000)) / 8 + 0.0625;
            case 4:
            case 5:
                return string();
            case 6:
                return list(depth - 1);
            default:
                return object(depth - 1);
        }
    }

private:
    std::size_t pick(std::size_t below) { return engine_() % below; }
    std::string string() {
        std::string text;
        for (std::size_t n = pick(5); n > 0; --n) text += kPieces.at(pick(kPieces.size()));
        return text;
    }
    Json list(int depth) {
        Json made = Json::array();
        for (std::size_t n = pick(4); n > 0; --n) made.push_back(value(depth));
        return made;
    }
    Json object(int depth) {
        Json made = Json::object();
        for (std::size_t n = pick(4); n > 0; --n) made[string()] = value(depth);
        return made;
    }
    std::mt19937 engine_;
};

}  // namespace

TEST_CASE("YAML: an unquoted scalar means what kubectl reads", "[yaml]") {
    struct Row {
        const char* text;
        Json value;
    };
    const auto row = GENERATE(values<Row>({
        {"", nullptr},
        {"~", nullptr},
        {"null", nullptr},
        {"yes", true},
        {"Off", false},
        {"true", true},
        {"TRUE", true},
        {"y", "y"},
        {"n", "n"},
        {"0600", 384},
        {"0o17", 15},
        {"0x1F", 31},
        {"0b101", 5},
        {"1_000", 1000},
        {"089", 89.0},
        {"-7", -7},
        {"+7", 7},
        {"1.5", 1.5},
        {".5", 0.5},
        {"1e3", 1000.0},
        {"-5e999", "-5e999"},
        {"1e-999", 0.0},
        {"1.", 1.0},
        {"1.2.3", "1.2.3"},
        {"10.0.0.1", "10.0.0.1"},
        {"1:30", "1:30"},
        {"2001-01-01", "2001-01-01"},
        {"100m", "100m"},
        {"1Gi", "1Gi"},
        {"-", "-"},
        {".", "."},
        {"0x", "0x"},
        {"_1", "_1"},
        {"tru", "tru"},
        {"18446744073709551615", 18446744073709551615U},
    }));
    CAPTURE(row.text);
    CHECK(resolve_plain_scalar(row.text) == row.value);
}

TEST_CASE("YAML: quotes keep a string a string", "[yaml]") {
    CHECK(
        parse_one("a: \"true\"\nb: '0600'\nc: \"1\"\nd: true\n") ==
        Json({{"a", "true"}, {"b", "0600"}, {"c", "1"}, {"d", true}}));
    CHECK(parse_one("a: !!str 12\nb: !!int 012\n") == Json({{"a", "12"}, {"b", 10}}));
}

TEST_CASE("YAML: blocks, flow style and comments", "[yaml]") {
    CHECK(
        parse_one("# first\nitems: # here\n- a\n# between\n- {b: [1, 2,], }\ntext: |+\n  one\n   "
                  "two\n\nfolded: >-\n  x\n  y\n") ==
        Json::parse(R"({"items":["a",{"b":[1,2]}],"text":"one\n two\n\n","folded":"x y"})"));
    CHECK(
        parse_one(R"({"json": ["is", {"yaml": null}]})") ==
        Json::parse(R"({"json":["is",{"yaml":null}]})"));
}

TEST_CASE("YAML: several documents, empty ones left out, with their lines", "[yaml]") {
    const auto documents = parse_yaml("# only a comment\n---\na: 1\n---\n# nothing\n---\nb: 2\n");
    REQUIRE(documents.has_value());
    REQUIRE(documents->size() == 2);
    CHECK(documents->at(0).value == Json({{"a", 1}}));
    CHECK(documents->at(1).value == Json({{"b", 2}}));
    CHECK(documents->at(1).line >= 6);
}

TEST_CASE("YAML: byte order mark and CR LF", "[yaml]") {
    CHECK(
        parse_one("\xef\xbb\xbf"
                  "a: x\r\nb:\r\n- 1\r\n") == Json::parse(R"({"a":"x","b":[1]})"));
}

TEST_CASE("YAML: anchors, aliases and merge keys; written keys win", "[yaml]") {
    CHECK(
        parse_one("base: &b {x: 1, y: 2}\nuse:\n  x: 9\n  <<: *b\nlist: [*b]\n") ==
        Json::parse(R"({"base":{"x":1,"y":2},"use":{"x":9,"y":2},"list":[{"x":1,"y":2}]})"));
    CHECK(
        parse_one("a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n").at("c") ==
        Json({{"x", 1}, {"y", 3}}));
    CHECK_THAT(parse_error("a:\n  <<: 7\n"), Catch::Contains("line 2") && Catch::Contains("<<"));
}

TEST_CASE("YAML: a key given twice is refused with its line", "[yaml]") {
    CHECK_THAT(
        parse_error("a: 1\nb:\n  c: 1\n  c: 2\n"),
        Catch::Contains("line 4") && Catch::Contains("\"c\" is given twice"));
}

TEST_CASE("YAML: tabs as indentation are refused with their line", "[yaml]") {
    CHECK_THAT(parse_error("a:\n\tb: 1\n"), Catch::Contains("line 2"));
    CHECK(parse_one("a: |\n  \tkept\n").at("a") == "\tkept\n");
}

TEST_CASE("YAML: syntax errors and unknown aliases name the line", "[yaml]") {
    CHECK_THAT(parse_error("a: [1, 2\nb: 3\n"), Catch::Contains("line "));
    CHECK_THAT(parse_error("a: 1\nb: *nowhere\n"), Catch::Contains("line 2"));
    CHECK_THAT(parse_error("a: !weird x\n"), Catch::Contains("tag"));
}

TEST_CASE("YAML: text that is not UTF-8 is refused with its line", "[yaml]") {
    CHECK_THAT(parse_error("a: b\nc: \xff\n"), Catch::Contains("line 2: not UTF-8"));
    CHECK_THAT(parse_error("a: b\n'\xc3': c\n"), Catch::Contains("line 2: not UTF-8"));
    CHECK_THAT(parse_error("a: b\n# \xe9\n"), Catch::Contains("line 2: not UTF-8"));
    CHECK_THAT(parse_error({"a\0:\0 \0b\0", 8}), Catch::Contains("line 1: not UTF-8"));
    CHECK_THAT(parse_error("a: b\nc: \"\\N\"\n"), Catch::Contains("line 2: \\N and"));
    CHECK_THAT(parse_error("a: b\nc: \"\\_\"\n"), Catch::Contains("line 2: \\N and"));
    CHECK(parse_one("a: \xc3\xa9\n").at("a") == "\xc3\xa9");
}

TEST_CASE(
    "YAML: what belongs nowhere is refused with its line, and not looked at for ever", "[yaml]") {
    const auto* stray =
        GENERATE("- a\n-\n, b\n", "a: 1\n---\n, b\n", "x: y\n---\n}\n", "b: c\n---\n]");
    CAPTURE(stray);
    CHECK_THAT(parse_error(stray), Catch::Contains("line 3"));
}

TEST_CASE("YAML: aliases cannot blow a small document up", "[yaml]") {
    std::string text = "l0: &l0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int level = 1; level < 9; ++level) {
        const std::string previous = "*l" + std::to_string(level - 1);
        text += "l" + std::to_string(level) + ": &l" + std::to_string(level) + " [";
        for (int i = 0; i < 10; ++i) text += (i ? ", " : "") + previous;
        text += "]\n";
    }
    CHECK_THAT(parse_error(text), Catch::Contains("too large"));
}

TEST_CASE("YAML: printed as kubectl prints", "[yaml]") {
    const Json object = Json::parse(R"({"kind":"Pod","metadata":{"labels":{}},"spec":{"containers":[
        {"args":["-c","a: b"],"name":"x"}],"flag":"true","mode":384,"none":null,"script":"one\ntwo\n","ip":"10.0.0.1"}})");
    CHECK(format_yaml(object) == R"(kind: Pod
metadata:
  labels: {}
spec:
  containers:
  - args:
    - -c
    - "a: b"
    name: x
  flag: "true"
  ip: 10.0.0.1
  mode: 384
  none: null
  script: |
    one
    two
)");
}

TEST_CASE("YAML: quotes are printed where a plain scalar would mean something else", "[yaml]") {
    struct Row {
        std::string text;
        bool quoted;
    };
    const auto row = GENERATE(values<Row>({
        {"8a1b2c3d-0000-4000-8000-0123456789ab", false},
        {"a1b2c3d4-0000-4000-8000-0123456789ab", false},
        {"-c", false},
        {"10.0.0.1", false},
        {"1.30-rc.1", false},
        {"-", true},
        {"-1", true},
        {"1:30", true},
        {"2001-01-01", true},
        {"2001-01-01T10:00:00Z", true},
        {"0600", true},
        {"1e3", true},
        {"-5e999", true},
        {"yes", true},
        {"---", true},
    }));
    CAPTURE(row.text);
    const auto printed = format_yaml(Json({{"a", row.text}}));
    CHECK((printed == "a: \"" + row.text + "\"\n") == row.quoted);
    CHECK((printed == "a: " + row.text + "\n") == !row.quoted);
}

TEST_CASE("YAML: characters of any plane are printed so that they can be read", "[yaml]") {
    CHECK(format_yaml("\xf0\x9f\x99\x82: \x07") == "\"\\U0001f642: \\u0007\"\n");
    const auto* text = GENERATE(
        "\xf0\x9f\x99\x82",
        "\\\xf0\x90\x80\x80\\",
        "\xf4\x8f\xbf\xbf",
        "\\ud83d\\ude42",
        "\xed\x9f\xbf\xee\x80\x80",
        "\xc3\xa9\"");
    CAPTURE(text);
    CHECK(parse_one(format_yaml({{"a", text}})).at("a") == text);
    CHECK(parse_one(format_yaml(Json{{text, 1}})) == Json{{text, 1}});
}

TEST_CASE("YAML: a key may be of any length", "[yaml]") {
    const auto value =
        GENERATE(Json("x"), Json::array({1, Json::array({2})}), Json({{"b", 3}}), Json::object());
    const auto key =
        GENERATE(std::string(1'000, 'k'), std::string(5'000, 'k'), std::string(400, '\x19'));
    const Json made{{"a", {{"before", 1}, {key, value}, {"\x7f", 2}}}};
    CAPTURE(value.dump(), key.size());
    const auto text = format_yaml(Json::array({made}));
    CHECK(parse_one(text) == Json::array({made}));
}

TEST_CASE("YAML: what is printed reads back as the same value", "[yaml][property]") {
    for (unsigned seed = 0; seed < 4000; ++seed) {
        const Json made = JsonMaker(seed).value(3);
        if (made.is_null()) continue;  // an empty document
        const std::string text = format_yaml(made);
        const auto read = parse_yaml(text);
        CAPTURE(seed, text, made.dump());
        REQUIRE(read.has_value());
        REQUIRE(read->size() == 1);
        REQUIRE(read->front().value == made);
    }
}
