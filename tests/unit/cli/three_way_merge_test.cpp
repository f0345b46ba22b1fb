#include "cli/three_way_merge.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using picket::Json;
using picket::cli::three_way_patch;
using picket::schema::find_kind;
using picket::schema::strategic_merge;

namespace {

Json operator""_json_text(const char* text, std::size_t size) {
    return Json::parse(std::string(text, size));
}

struct MergeRow {
    const char* name;
    Json last;
    Json wanted;
    Json live;
    Json patch;
};

}  // namespace

TEST_CASE("apply: the three-way patch sets, removes and leaves alone", "[apply]") {
    const auto row = GENERATE(values<MergeRow>({
        {"nothing to change",
         R"({"spec":{"a":1}})"_json_text,
         R"({"spec":{"a":1}})"_json_text,
         R"({"spec":{"a":1,"default":2},"status":{}})"_json_text,
         R"({})"_json_text},
        {"a new value",
         R"({"spec":{"a":1}})"_json_text,
         R"({"spec":{"a":2}})"_json_text,
         R"({"spec":{"a":1}})"_json_text,
         R"({"spec":{"a":2}})"_json_text},
        {"a value changed behind our back is put back",
         R"({"spec":{"a":1}})"_json_text,
         R"({"spec":{"a":1}})"_json_text,
         R"({"spec":{"a":3}})"_json_text,
         R"({"spec":{"a":1}})"_json_text},
        {"no longer wanted is removed",
         R"({"spec":{"a":1,"b":2}})"_json_text,
         R"({"spec":{"a":1}})"_json_text,
         R"({"spec":{"a":1,"b":2}})"_json_text,
         R"({"spec":{"b":null}})"_json_text},
        {"no longer wanted but gone already",
         R"({"spec":{"b":2}})"_json_text,
         R"({"spec":{}})"_json_text,
         R"({"spec":{}})"_json_text,
         R"({})"_json_text},
        {"what others set stays",
         R"({"metadata":{"labels":{"a":"1"}}})"_json_text,
         R"({"metadata":{"labels":{"a":"1"}}})"_json_text,
         R"({"metadata":{"labels":{"a":"1","by":"other"}}})"_json_text,
         R"({})"_json_text},
        {"a written null is no field",
         R"({})"_json_text,
         R"({"spec":{"a":null}})"_json_text,
         R"({"spec":{"a":1}})"_json_text,
         R"({})"_json_text},
        {"lists without a key are replaced",
         R"({})"_json_text,
         R"({"command":["a"]})"_json_text,
         R"({"command":["a","b"]})"_json_text,
         R"({"command":["a"]})"_json_text},
    }));
    CAPTURE(row.name);
    CHECK(three_way_patch(nullptr, row.last, row.wanted, row.live) == row.patch);
}

TEST_CASE("apply: containers are matched by name", "[apply]") {
    const auto* type = find_kind("v1", "Pod");
    REQUIRE(type != nullptr);
    const Json last =
        R"({"spec":{"containers":[{"name":"a","image":"x:1"},{"name":"old","image":"o"}]}})"_json_text;
    const Json wanted =
        R"({"spec":{"containers":[{"name":"a","image":"x:2"},{"name":"b","image":"y"}]}})"_json_text;
    const Json live =
        R"({"spec":{"containers":[{"name":"a","image":"x:1","imagePullPolicy":"Always"},
        {"name":"old","image":"o"},{"name":"injected","image":"i"}]}})"_json_text;

    const Json patch = three_way_patch(type, last, wanted, live);
    CHECK(
        patch ==
        R"({"spec":{"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],"containers":[
        {"name":"a","image":"x:2"},{"name":"b","image":"y"},{"$patch":"delete","name":"old"}]}})"_json_text);

    const auto merged = strategic_merge(*type, live, patch);
    REQUIRE(merged.has_value());
    std::vector<std::string> names;
    for (const Json& container : merged->at("spec").at("containers"))
        names.push_back(container.at("name"));
    CHECK(names.size() == 3);
    CHECK(std::ranges::count(names, "old") == 0);
    CHECK(std::ranges::count(names, "injected") == 1);
    CHECK(three_way_patch(type, wanted, wanted, *merged).empty());
}

TEST_CASE("apply: a volume that changes its kind keeps only what is wanted", "[apply]") {
    const auto* type = find_kind("v1", "Pod");
    const Json last = R"({"spec":{"volumes":[{"name":"d","hostPath":{"path":"/x"}}]}})"_json_text;
    const Json wanted = R"({"spec":{"volumes":[{"name":"d","emptyDir":{}}]}})"_json_text;
    const Json live =
        R"({"spec":{"volumes":[{"name":"d","hostPath":{"path":"/x","type":""}}]}})"_json_text;
    const Json patch = three_way_patch(type, last, wanted, live);
    CHECK(
        patch.at("spec").at("volumes").at(0).at("$retainKeys") ==
        R"(["emptyDir","name"])"_json_text);
    const auto merged = strategic_merge(*type, live, patch);
    REQUIRE(merged.has_value());
    CHECK(merged->at("spec").at("volumes") == wanted.at("spec").at("volumes"));
}

TEST_CASE("apply: one port for TCP and UDP cannot be matched by its number", "[apply]") {
    const auto* type = find_kind("v1", "Pod");
    const auto pod = [](const char* ports) {
        return Json{
            {"spec",
             {{"containers", Json::array({{{"name", "a"}, {"ports", Json::parse(ports)}}})}}}};
    };
    const Json wanted = pod(R"([{"containerPort":53,"protocol":"UDP"},{"containerPort":53}])");
    const Json defaulted =
        pod(R"([{"containerPort":53,"protocol":"UDP"},{"containerPort":53,"protocol":"TCP"}])");
    CHECK(three_way_patch(type, wanted, wanted, defaulted).empty());

    const Json other =
        pod(R"([{"containerPort":53,"protocol":"UDP"},{"containerPort":54,"protocol":"TCP"}])");
    const auto merged = strategic_merge(*type, other, three_way_patch(type, wanted, wanted, other));
    REQUIRE(merged.has_value());
    CHECK(three_way_patch(type, wanted, wanted, *merged).empty());
}

TEST_CASE("apply: finalizers are a set", "[apply]") {
    const auto* type = find_kind("v1", "Pod");
    const Json last = R"({"metadata":{"finalizers":["a/x","b/y"]}})"_json_text;
    const Json wanted = R"({"metadata":{"finalizers":["a/x","c/z"]}})"_json_text;
    const Json live = R"({"metadata":{"finalizers":["b/y","a/x","other/o"]}})"_json_text;
    const Json patch = three_way_patch(type, last, wanted, live);
    CHECK(patch.at("metadata").at("finalizers") == R"(["c/z"])"_json_text);
    CHECK(patch.at("metadata").at("$deleteFromPrimitiveList/finalizers") == R"(["b/y"])"_json_text);
}
