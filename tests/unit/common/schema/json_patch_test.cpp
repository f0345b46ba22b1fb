#include "common/schema/schema.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace picket::schema {
namespace {

struct MergeRow {
    std::string name;
    std::string document;
    std::string patch;
    std::string result;
};

TEST_CASE("Merge patch: RFC 7386", "[schema]") {
    const auto row = GENERATE(values<MergeRow>({
        {"objects merge", R"({"a":{"b":1,"c":2}})", R"({"a":{"b":3}})", R"({"a":{"b":3,"c":2}})"},
        {"null deletes", R"({"a":1,"b":2})", R"({"a":null})", R"({"b":2})"},
        {"null of what is not there", R"({"a":1})", R"({"b":null})", R"({"a":1})"},
        {"lists are replaced", R"({"a":[1,2]})", R"({"a":[3]})", R"({"a":[3]})"},
        {"a list takes an object's place", R"({"a":{"b":1}})", R"({"a":[1]})", R"({"a":[1]})"},
        {"nulls of a new object go", R"({})", R"({"a":{"b":{"c":null}}})", R"({"a":{"b":{}}})"},
        {"not an object", R"({"a":1})", R"("x")", R"("x")"},
    }));
    CAPTURE(row.name);
    CHECK(
        merge_patch(Json::parse(row.document), Json::parse(row.patch)) == Json::parse(row.result));
}

struct PatchRow {
    std::string name;
    std::string document;
    std::string patch;
    std::string result;
};

TEST_CASE("JSON patch: RFC 6902", "[schema]") {
    const auto row = GENERATE(values<PatchRow>({
        {"add a member", R"({})", R"([{"op":"add","path":"/a","value":1}])", R"({"a":1})"},
        {"add replaces a member",
         R"({"a":1})",
         R"([{"op":"add","path":"/a","value":2}])",
         R"({"a":2})"},
        {"add before an element",
         R"({"a":[1,3]})",
         R"([{"op":"add","path":"/a/1","value":2}])",
         R"({"a":[1,2,3]})"},
        {"append", R"({"a":[1]})", R"([{"op":"add","path":"/a/-","value":2}])", R"({"a":[1,2]})"},
        {"escapes",
         R"({"a/b":{"c~d":1}})",
         R"([{"op":"remove","path":"/a~1b/c~0d"}])",
         R"({"a/b":{}})"},
        {"remove an element",
         R"({"a":[1,2]})",
         R"([{"op":"remove","path":"/a/0"}])",
         R"({"a":[2]})"},
        {"replace", R"({"a":1})", R"([{"op":"replace","path":"/a","value":2}])", R"({"a":2})"},
        {"replace the whole", R"({"a":1})", R"([{"op":"replace","path":"","value":{}}])", R"({})"},
        {"move", R"({"a":1})", R"([{"op":"move","from":"/a","path":"/b"}])", R"({"b":1})"},
        {"copy", R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"}])", R"({"a":1,"b":1})"},
        {"test that holds",
         R"({"a":[1,{"b":null}]})",
         R"([{"op":"test","path":"/a","value":[1,{"b":null}]}])",
         R"({"a":[1,{"b":null}]})"},
        {"one after the other",
         R"({"a":1})",
         R"([{"op":"add","path":"/b","value":[]},{"op":"add","path":"/b/-","value":1}])",
         R"({"a":1,"b":[1]})"},
        {"nothing", R"({"a":1})", R"([])", R"({"a":1})"},
    }));
    CAPTURE(row.name);
    const auto result = json_patch(Json::parse(row.document), Json::parse(row.patch));
    REQUIRE(result.has_value());
    CHECK(*result == Json::parse(row.result));
}

struct FailureRow {
    std::string name;
    std::string patch;
    Reason reason;
};

TEST_CASE(
    "JSON patch: what cannot be applied is invalid, what is no patch is a bad request",
    "[schema]") {
    const auto row = GENERATE(values<FailureRow>({
        {"test fails", R"([{"op":"test","path":"/a","value":2}])", Reason::Invalid},
        {"test of nothing", R"([{"op":"test","path":"/b","value":2}])", Reason::Invalid},
        {"remove nothing", R"([{"op":"remove","path":"/b"}])", Reason::Invalid},
        {"replace nothing", R"([{"op":"replace","path":"/b","value":1}])", Reason::Invalid},
        {"add below nothing", R"([{"op":"add","path":"/b/c","value":1}])", Reason::Invalid},
        {"add below a number", R"([{"op":"add","path":"/a/c","value":1}])", Reason::Invalid},
        {"remove below a number", R"([{"op":"remove","path":"/a/c"}])", Reason::Invalid},
        {"copy below a number", R"([{"op":"copy","from":"/a","path":"/a/c"}])", Reason::Invalid},
        {"move nothing", R"([{"op":"move","from":"/b","path":"/c"}])", Reason::Invalid},
        {"move into itself", R"([{"op":"move","from":"/o","path":"/o/p"}])", Reason::Invalid},
        {"beyond the end", R"([{"op":"add","path":"/l/9","value":1}])", Reason::Invalid},
        {"no index", R"([{"op":"add","path":"/l/x","value":1}])", Reason::Invalid},
        {"index with a zero", R"([{"op":"remove","path":"/l/01"}])", Reason::Invalid},
        {"no list", R"({"op":"remove","path":"/a"})", Reason::BadRequest},
        {"no operation", R"([1])", Reason::BadRequest},
        {"unknown operation", R"([{"op":"merge","path":"/a","value":1}])", Reason::BadRequest},
        {"no path", R"([{"op":"remove"}])", Reason::BadRequest},
        {"no value", R"([{"op":"add","path":"/a"}])", Reason::BadRequest},
        {"no from", R"([{"op":"copy","path":"/b"}])", Reason::BadRequest},
        {"path without slash", R"([{"op":"remove","path":"a"}])", Reason::BadRequest},
        {"bad escape", R"([{"op":"remove","path":"/a~2"}])", Reason::BadRequest},
    }));
    CAPTURE(row.name);
    const auto document = Json::parse(R"({"a":1,"l":[1,2],"o":{}})");
    const auto result = json_patch(document, Json::parse(row.patch));
    REQUIRE(result.has_error());
    CHECK(result.error().reason == row.reason);
    CHECK_THAT(result.error().message, !Catch::Contains("exception"));
}

TEST_CASE("JSON patch: copies are bounded", "[schema]") {
    Json patch = Json::array();
    for (int i = 0; i < 64; ++i) patch.push_back({{"op", "copy"}, {"from", ""}, {"path", "/c"}});
    const Json document = {{"text", std::string(100'000, 'x')}};
    const auto result = json_patch(document, patch);
    REQUIRE(result.has_error());
    CHECK(result.error().reason == Reason::Invalid);
}

TEST_CASE("JSON patch: the number of operations is bounded", "[schema]") {
    const Json patch(10'001, Json{{"op", "test"}, {"path", "/a"}, {"value", 1}});
    const auto result = json_patch({{"a", 1}}, patch);
    REQUIRE(result.has_error());
    CHECK(result.error().reason == Reason::BadRequest);
}

}  // namespace
}  // namespace picket::schema
