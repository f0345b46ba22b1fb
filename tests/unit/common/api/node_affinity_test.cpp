#include "common/api/node_affinity.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;

namespace {

const Labels kLabels{{"zone", "a"}, {"cores", "8"}, {"name", "big"}};

Json requirement(const char* key, const char* op, Json values = nullptr) {
    Json result{{"key", key}, {"operator", op}};
    if (!values.is_null()) result["values"] = std::move(values);
    return result;
}

Json term(Json expressions) {
    return {{"matchExpressions", std::move(expressions)}};
}

Json affinity(Json terms) {
    return {
        {"nodeAffinity",
         {{"requiredDuringSchedulingIgnoredDuringExecution",
           {{"nodeSelectorTerms", std::move(terms)}}}}}};
}

bool matches(const Json& document) {
    return parse_node_affinity(document)->matches(kLabels, "n1");
}
bool annotation_matches(const Json& document) {
    return parse_affinity_annotation(document.dump())->matches(kLabels, "n1");
}

}  // namespace

TEST_CASE("Node affinity: each operator", "[affinity]") {
    struct Row {
        const char* name;
        Json requirement;
        bool matches;
    };
    const std::vector<Row> rows{
        {"In: value listed", requirement("zone", "In", {"b", "a"}), true},
        {"In: value not listed", requirement("zone", "In", {"b"}), false},
        {"In: label absent", requirement("rack", "In", {"a"}), false},
        {"In: no values", requirement("zone", "In", Json::array()), false},
        {"NotIn: value listed", requirement("zone", "NotIn", {"a"}), false},
        {"NotIn: value not listed", requirement("zone", "NotIn", {"b"}), true},
        {"NotIn: label absent", requirement("rack", "NotIn", {"a"}), true},
        {"Exists", requirement("zone", "Exists"), true},
        {"Exists: label absent", requirement("rack", "Exists"), false},
        {"Exists: with values", requirement("zone", "Exists", {"a"}), false},
        {"DoesNotExist", requirement("rack", "DoesNotExist"), true},
        {"DoesNotExist: label there", requirement("zone", "DoesNotExist"), false},
        {"Gt: greater", requirement("cores", "Gt", {"7"}), true},
        {"Gt: equal", requirement("cores", "Gt", {"8"}), false},
        {"Gt: label is no integer", requirement("name", "Gt", {"1"}), false},
        {"Gt: operand is no integer", requirement("cores", "Gt", {"x"}), false},
        {"Gt: label absent", requirement("rack", "Gt", {"1"}), false},
        {"Lt: smaller", requirement("cores", "Lt", {"9"}), true},
        {"Lt: equal", requirement("cores", "Lt", {"8"}), false},
        {"Lt: two operands", requirement("cores", "Lt", {"9", "10"}), false},
        {"unknown operator", requirement("zone", "Like", {"a"}), false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto document = affinity(Json::array({term(Json::array({row.requirement}))}));
        CHECK(matches(document) == row.matches);
        CHECK(annotation_matches(document) == row.matches);
    }
}

TEST_CASE(
    "Node affinity: terms are ORed, requirements ANDed, empty ones match nothing", "[affinity]") {
    const auto in_a = requirement("zone", "In", {"a"});
    const auto in_b = requirement("zone", "In", {"b"});
    const auto broken = requirement("zone", "Like", {"a"});
    struct Row {
        const char* name;
        Json terms;
        bool matches;
        bool annotation_matches;
    };
    const std::vector<Row> rows{
        {"no terms", Json::array(), false, false},
        {"empty term", Json::array({Json::object()}), false, false},
        {"empty term, then one that matches",
         Json::array({Json::object(), term(Json::array({in_a}))}),
         true,
         true},
        {"second term matches",
         Json::array({term(Json::array({in_b})), term(Json::array({in_a}))}),
         true,
         true},
        {"one requirement of a term fails",
         Json::array({term(Json::array({in_a, in_b}))}),
         false,
         false},
        {"a broken term is passed over, but ends the annotation",
         Json::array({term(Json::array({broken})), term(Json::array({in_a}))}),
         true,
         false},
        {"a broken term after one that matches",
         Json::array({term(Json::array({in_a})), term(Json::array({broken}))}),
         true,
         true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(matches(affinity(row.terms)) == row.matches);
        CHECK(annotation_matches(affinity(row.terms)) == row.annotation_matches);
    }
}

TEST_CASE("Node affinity: matchFields names nodes, in spec.affinity only", "[affinity]") {
    const auto named = [](const char* op, const char* name) {
        return affinity(Json::array(
            {{{"matchFields", Json::array({requirement("metadata.name", op, {name})})}}}));
    };
    CHECK(matches(named("In", "n1")));
    CHECK_FALSE(matches(named("In", "n2")));
    CHECK(matches(named("NotIn", "n2")));
    CHECK_FALSE(annotation_matches(named("In", "n1")));
    CHECK(parse_node_affinity(named("In", "n7"))->single_node() == "n7");
    CHECK_FALSE(parse_node_affinity(named("NotIn", "n7"))->single_node());
}

TEST_CASE(
    "Node affinity: what requires nothing restricts nothing; malformed text matches no node",
    "[affinity]") {
    CHECK_FALSE(parse_node_affinity(nullptr));
    CHECK_FALSE(parse_node_affinity({{"nodeAffinity", nullptr}}));
    CHECK_FALSE(parse_node_affinity({{"podAffinity", Json::object()}}));
    CHECK_FALSE(parse_affinity_annotation("{}"));
    CHECK_FALSE(parse_affinity_annotation("{not json")->matches(kLabels, "n1"));
}
