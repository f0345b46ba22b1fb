#include "common/api/controller_revision.hpp"
#include "common/api/daemonset.hpp"
#include "common/api/namespace.hpp"
#include "common/api/node.hpp"
#include "common/api/pod.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;

TEST_CASE("Views: documents of any shape are read without failing", "[views]") {
    for (const Json& odd :
         {Json(),
          Json("text"),
          Json::array({1, 2}),
          Json{{"metadata", 7}, {"spec", "x"}, {"status", {1}}}}) {
        CAPTURE(odd.dump());
        CHECK(Pod::parse(odd).meta.name.empty());
        CHECK(Node::parse(odd).taints.empty());
        CHECK_FALSE(DaemonSet::parse(odd).selector);
        CHECK(ControllerRevision::parse(odd).revision == 0);
        CHECK_FALSE(Namespace::parse(odd).terminating);
    }
}

TEST_CASE("Pod view: the node it is bound to, or aimed at by its affinity", "[views]") {
    const auto pod = Pod::parse(Json::parse(R"({"spec":{"nodeName":"n1"}})"));
    CHECK(pod.bound());
    CHECK(pod.target_node() == "n1");

    const auto aimed = Pod::parse(Json::parse(R"({"spec":{"affinity":{"nodeAffinity":{
        "requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
        {"matchFields":[{"key":"metadata.name","operator":"In","values":["n2"]}]}]}}}}})"));
    CHECK_FALSE(aimed.bound());
    CHECK(aimed.target_node() == "n2");
}

TEST_CASE("Pod view: readiness comes from the Ready condition", "[views]") {
    const auto pod = Pod::parse(Json::parse(R"({"status":{"phase":"Running","conditions":[
        {"type":"ContainersReady","status":"False"},
        {"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:09Z"}]}})"));
    CHECK(pod.phase == PodPhase::Running);
    CHECK(pod.ready);
    CHECK(pod.ready_since == parse_time("2026-01-01T00:00:09Z"));
}

TEST_CASE("Pod view: finished means Failed or Succeeded", "[views]") {
    const auto of_phase = [](const char* phase) {
        return Pod::parse({{"status", {{"phase", phase}}}});
    };
    CHECK(of_phase("Failed").finished());
    CHECK(of_phase("Succeeded").finished());
    CHECK_FALSE(of_phase("Running").finished());
    CHECK_FALSE(of_phase("Pending").finished());
}

TEST_CASE("Percentages of a number of nodes are rounded up", "[views]") {
    struct Row {
        Json value;
        std::int64_t total;
        std::int64_t resolved;
    };
    const std::vector<Row> rows{
        {3, 10, 3},
        {"50%", 3, 2},
        {"1%", 10, 1},
        {"0%", 10, 0},
        {"100%", 7, 7},
        {"30%", 0, 0},
        {nullptr, 10, 0}};
    for (const auto& row : rows) {
        CAPTURE(row.value.dump(), row.total);
        CHECK(IntOrPercent::parse(row.value).resolve(row.total) == row.resolved);
    }
}

TEST_CASE("DaemonSet view: a missing selector selects nothing", "[views]") {
    CHECK_FALSE(DaemonSet::parse({{"spec", {{"template", Json::object()}}}}).selector);
}

TEST_CASE("Revision data is compared without regard to nulls and order", "[views]") {
    const auto one = Json::parse(R"({"data":{"b":{"x":null,"y":[1,null]},"a":1}})");
    const auto other = Json::parse(R"({"data":{"a":1,"b":{"y":[1,null]}}})");
    CHECK(ControllerRevision::parse(one).data == ControllerRevision::parse(other).data);
    CHECK(ControllerRevision::parse(one).data == R"({"a":1,"b":{"y":[1,null]}})");
}

TEST_CASE("Object metadata: keys, controller, versions", "[views]") {
    const auto meta =
        ObjectMeta::parse(Json::parse(R"({"name":"p","namespace":"ns","ownerReferences":[
        {"uid":"1","kind":"Node"},{"uid":"2","kind":"DaemonSet","controller":true}]})"));
    CHECK(meta.key() == "ns/p");
    REQUIRE(meta.controller() != nullptr);
    CHECK(meta.controller()->uid == "2");
    CHECK(newer_version("10", "9"));
    CHECK(newer_version("12", "11"));
    CHECK_FALSE(newer_version("11", "11"));
}
