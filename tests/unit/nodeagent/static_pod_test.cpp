#include "nodeagent/static_pods/static_pod.hpp"

#include "nodeagent/static_pods/mirror_plan.hpp"

#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

constexpr const char* kWeb = R"(
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: main, image: "web:1"}]
)";

Json only_pod(std::string_view text) {
    auto read = read_manifest(text, "n1");
    CAPTURE(read.problems);
    REQUIRE(read.problems.empty());
    REQUIRE(read.pods.size() == 1);
    return read.pods.front();
}

TEST_CASE("Static pod: complete for its node, with the defaults of the API", "[nodeagent]") {
    const auto pod = only_pod(kWeb);
    CHECK(pod["metadata"]["name"] == "web-n1");
    CHECK(pod["metadata"]["namespace"] == "default");
    CHECK(pod["metadata"]["annotations"][kConfigSourceAnnotation] == "file");
    CHECK(pod["spec"]["nodeName"] == "n1");
    CHECK(pod["spec"]["restartPolicy"] == "Always");
    CHECK(pod["spec"]["containers"][0]["imagePullPolicy"] == "IfNotPresent");
    CHECK(
        only_pod(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},
        "spec":{"containers":[{"name":"m","image":"r:5000/web"}]}})")["spec"]["containers"][0]
                                                                     ["imagePullPolicy"] ==
        "Always");
}

TEST_CASE("Static pod: the uid comes from what is written and from the node", "[nodeagent]") {
    const auto uid = only_pod(kWeb)["metadata"]["uid"];
    CHECK(only_pod(std::string("# a comment\n") + kWeb)["metadata"]["uid"] == uid);
    CHECK(read_manifest(kWeb, "n2").pods.front()["metadata"]["uid"] != uid);
    std::string other = kWeb;
    other.replace(other.find("web:1"), 5, "web:2");
    CHECK(only_pod(other)["metadata"]["uid"] != uid);
}

TEST_CASE("Static pod: what cannot be used is told, and stops no other", "[nodeagent]") {
    struct Row {
        const char* name;
        std::string text;
        const char* told;
    };
    const auto row = GENERATE(values<Row>(
        {{"not YAML", "a: [", "line"},
         {"nothing", "# only a comment", "holds no pod"},
         {"another kind",
          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}",
          "is not a v1 Pod"},
         {"no name",
          "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: m, image: i}]}",
          "name"},
         {"no containers",
          "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}",
          "containers"},
         {"a field that does not exist",
          "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: m, image: i, "
          "imge: x}]}",
          "imge"},
         {"a Secret",
          "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {volumes: [{name: v, secret: "
          "{secretName: s}}], containers: [{name: m, image: i}]}",
          "Secrets"}}));
    CAPTURE(row.name);
    const auto alone = read_manifest(row.text, "n1");
    CHECK(alone.pods.empty());
    REQUIRE(alone.problems.size() == 1);
    CHECK(alone.problems.front().find(row.told) != std::string::npos);
}

TEST_CASE("Static pod: a good document beside a bad one is used", "[nodeagent]") {
    const auto read =
        read_manifest(std::string(kWeb) + "---\napiVersion: v1\nkind: Service\n", "n1");
    CHECK(read.pods.size() == 1);
    CHECK(read.problems.size() == 1);
}

TEST_CASE("Mirror: the pod without its uid, and with its hash", "[nodeagent]") {
    const auto pod = only_pod(kWeb);
    const auto mirror = make_mirror(pod);
    CHECK(is_mirror(mirror));
    CHECK_FALSE(is_mirror(pod));
    CHECK_FALSE(mirror["metadata"].contains("uid"));
    CHECK(mirror["metadata"]["annotations"][kConfigMirrorAnnotation] == pod["metadata"]["uid"]);
}

TEST_CASE("Mirrors: what is made and what is removed", "[nodeagent]") {
    struct Row {
        const char* name;
        std::map<std::string, std::string> wanted;
        std::map<std::string, SeenMirror> seen;
        std::vector<std::string> create;
        std::vector<std::string> remove;
    };
    const auto row = GENERATE(values<Row>(
        {{"none yet", {{"d/a", "1"}}, {}, {"d/a"}, {}},
         {"there", {{"d/a", "1"}}, {{"d/a", {"u", "1"}}}, {}, {}},
         {"of an older text", {{"d/a", "2"}}, {{"d/a", {"u", "1"}}}, {}, {"d/a"}},
         {"somebody deletes it", {{"d/a", "1"}}, {{"d/a", {"u", "1", true}}}, {}, {"d/a"}},
         {"the file is gone", {}, {{"d/a", {"u", "1"}}}, {}, {"d/a"}}}));
    CAPTURE(row.name);
    const auto plan = plan_mirrors(row.wanted, row.seen);
    CHECK(plan.create == row.create);
    CHECK(plan.remove == row.remove);
}

}  // namespace
}  // namespace picket::nodeagent
