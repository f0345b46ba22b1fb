#include "common/api/label_selector.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <random>

namespace picket {
namespace {

struct Match {
    std::string selector;
    Labels labels;
    bool matches;
};

TEST_CASE("label selector: what the query form selects", "[selector]") {
    const auto row = GENERATE(values<Match>({
        {"", {}, true},
        {"  ", {{"a", "1"}}, true},
        {"app=web", {{"app", "web"}}, true},
        {"app==web", {{"app", "web"}}, true},
        {" app = web ", {{"app", "web"}}, true},
        {"app=web", {{"app", "db"}}, false},
        {"app=web", {}, false},
        {"app=", {{"app", ""}}, true},
        {"app=,tier", {{"app", ""}, {"tier", "x"}}, true},
        {"app!=web", {}, true},
        {"app!=web", {{"app", "db"}}, true},
        {"app!=web", {{"app", "web"}}, false},
        {"app", {{"app", "web"}}, true},
        {"app", {}, false},
        {"!app", {}, true},
        {"! app", {{"app", "web"}}, false},
        {"tier in (a, b)", {{"tier", "b"}}, true},
        {"tier in (a, b)", {}, false},
        {"tier in(a)", {{"tier", "a"}}, true},
        {"tier in (,a)", {{"tier", ""}}, true},
        {"tier notin (a,b)", {}, true},
        {"tier notin (a,b)", {{"tier", "a"}}, false},
        {"in in (in)", {{"in", "in"}}, true},
        {"app=web,tier in (a, b),!legacy,env!=dev",
         {{"app", "web"}, {"tier", "a"}, {"env", "prod"}},
         true},
        {"rack>7", {{"rack", "10"}}, true},
        {"rack > 7", {{"rack", "7"}}, false},
        {"rack<7,rack>-2", {{"rack", "-1"}}, true},
        {"rack>7", {{"rack", "10a"}}, false},
        {"rack<7", {}, false},
        {"app=web,!legacy", {{"app", "web"}, {"legacy", "1"}}, false},
        {"example.com/app=web", {{"example.com/app", "web"}}, true},
    }));
    CAPTURE(row.selector);
    const auto selector = LabelSelector::parse(row.selector);
    REQUIRE(selector.has_value());
    CHECK(selector->matches(row.labels) == row.matches);
}

TEST_CASE("label selector: a bad query says what is wrong and where", "[selector]") {
    struct Bad {
        std::string text;
        std::string problem;
    };
    const auto row = GENERATE(values<Bad>({
        {"=web", "at position 1: found '=web', expected a label key"},
        {"app in web", "at position 8: found 'web', expected '('"},
        {"app in (a", "at position 10: found the end, expected ',' or ')'"},
        {"app=web,", "at position 9: found the end, expected a label key"},
        {"app web", "at position 5: found 'web', expected one of"},
        {"app=web tier", "at position 9: found 'tier', expected ',' or the end"},
        {"a/b/c=1", "label key \"a/b/c\""},
        {"app=-x", "label value \"-x\""},
        {"cpu>a", "at position 5: \"a\" is not a whole number"},
        {"cpu<", "at position 5: \"\" is not a whole number"},
    }));
    CAPTURE(row.text);
    const auto selector = LabelSelector::parse(row.text);
    REQUIRE_FALSE(selector.has_value());
    CHECK(selector.error().reason == Reason::BadRequest);
    CHECK_THAT(selector.error().message, Catch::Contains(row.problem));
}

TEST_CASE("label selector: the object form ANDs labels and expressions", "[selector]") {
    const auto selector = LabelSelector::from_json(Json::parse(R"({
        "matchLabels": {"app": "web"},
        "matchExpressions": [
            {"key": "tier", "operator": "NotIn", "values": ["a", "b"]},
            {"key": "zone", "operator": "Exists"}]})"));
    REQUIRE(selector.has_value());
    CHECK(selector->to_string() == "app=web,tier notin (a,b),zone");
    CHECK(selector->matches({{"app", "web"}, {"zone", "x"}}));
    CHECK_FALSE(selector->matches({{"app", "web"}, {"zone", "x"}, {"tier", "a"}}));
    const auto unknown = Json::parse(R"({"matchExpressions":[{"key":"a","operator":"Near"}]})");
    CHECK(LabelSelector::from_json(unknown).has_error());
}

LabelSelector random_selector(std::mt19937& random) {
    const auto word = [&] { return std::string("abcde").substr(random() % 5, 1 + random() % 2); };
    std::vector<LabelSelector::Requirement> requirements;
    for (auto left = random() % 4; left > 0; --left) {
        const auto op = static_cast<SelectorOperator>(random() % 4);
        std::vector<std::string> values;
        if (op == SelectorOperator::In || op == SelectorOperator::NotIn) {
            for (auto count = 1 + random() % 3; count > 0; --count)
                values.push_back(random() % 5 == 0 ? "" : word());
        }
        requirements.push_back({word(), op, values});
    }
    return LabelSelector(requirements);
}

TEST_CASE("label selector: reading what was printed gives the same selector", "[selector]") {
    std::mt19937 random(11);
    for (int i = 0; i < 2000; ++i) {
        const auto selector = random_selector(random);
        const auto text = selector.to_string();
        CAPTURE(text);
        const auto again = LabelSelector::parse(text);
        REQUIRE(again.has_value());
        REQUIRE(again->requirements().size() == selector.requirements().size());
        for (std::size_t r = 0; r < selector.requirements().size(); ++r) {
            CHECK(again->requirements()[r].key == selector.requirements()[r].key);
            CHECK(again->requirements()[r].op == selector.requirements()[r].op);
            CHECK(again->requirements()[r].values == selector.requirements()[r].values);
        }
    }
}

TEST_CASE("field selector: fields, values and escapes", "[selector]") {
    const auto parsed = parse_field_selector(
        "metadata.name=x,status.phase!=Running,spec.nodeName==n1,a=b\\,c\\=d\\\\,e=");
    REQUIRE(parsed.has_value());
    REQUIRE(parsed->size() == 5);
    CHECK((*parsed)[0].field == "metadata.name");
    CHECK((*parsed)[0].value == "x");
    CHECK((*parsed)[0].equal);
    CHECK((*parsed)[1].field == "status.phase");
    CHECK_FALSE((*parsed)[1].equal);
    CHECK((*parsed)[2].value == "n1");
    CHECK((*parsed)[3].value == "b,c=d\\");
    CHECK((*parsed)[4].value.empty());
    CHECK(parse_field_selector("")->empty());
}

TEST_CASE("field selector: what is none is refused", "[selector]") {
    const auto text =
        GENERATE(as<std::string>(), "metadata.name", "=x", "a=b=c", "a=b\\c", "a=\\", "!=x");
    CAPTURE(text);
    const auto parsed = parse_field_selector(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().reason == Reason::BadRequest);
}

}  // namespace
}  // namespace picket
