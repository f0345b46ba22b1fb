#include "apiserver/registry/pod_binding.hpp"
#include "fixtures.hpp"

#include <catch2/catch.hpp>

namespace picket::registry {
namespace {

using namespace test;
using Causes = std::vector<std::string>;

const Strategy& pod_strategy() {
    return strategy_for(*find_resource("v1", "pods"));
}

Json pod_with(const std::string& spec) {
    return patched(pod_manifest(), R"({"spec":)" + spec + "}");
}

TEST_CASE("Pod: the pull policy follows the tag", "[pod]") {
    struct Row {
        std::string image;
        std::string policy;
    };
    const auto row = GENERATE(values<Row>({
        {"web", "Always"},
        {"web:latest", "Always"},
        {"web:1", "IfNotPresent"},
        {"registry:5000/web", "Always"},
        {"registry:5000/web:1", "IfNotPresent"},
        {"web@sha256:abc", "IfNotPresent"},
        {"web:latest@sha256:abc", "IfNotPresent"},
    }));
    CAPTURE(row.image);
    const auto object =
        create(pod_with(R"({"containers":[{"name":"a","image":")" + row.image + R"("}]})")).object;
    CHECK(object["spec"]["containers"][0]["imagePullPolicy"] == row.policy);
}

TEST_CASE("Pod: requests are copied from limits where they are missing", "[pod]") {
    const auto object = create(pod_with(R"({"containers":[{"name":"a","image":"a",
        "resources":{"limits":{"cpu":1,"memory":"1024Mi"},"requests":{"cpu":"0.5"}}}]})"))
                            .object;
    CHECK(
        object["spec"]["containers"][0]["resources"] ==
        Json::parse(
            R"({"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m","memory":"1Gi"}})"));
}

TEST_CASE("Pod: in the host's network every port is a host port", "[pod]") {
    const auto object = create(pod_with(R"({"hostNetwork":true,
        "containers":[{"name":"a","image":"a","ports":[{"containerPort":80}]}]})"))
                            .object;
    CHECK(object["spec"]["containers"][0]["ports"][0]["hostPort"] == 80);
}

TEST_CASE("Pod: serviceAccount and serviceAccountName are one", "[pod]") {
    for (const auto* key : {"serviceAccount", "serviceAccountName"}) {
        const auto object = create(pod_with(R"({")" + std::string(key) + R"(":"robot"})")).object;
        CHECK(object["spec"]["serviceAccount"] == "robot");
        CHECK(object["spec"]["serviceAccountName"] == "robot");
    }
    const auto both =
        create(pod_with(R"({"serviceAccount":"old","serviceAccountName":"new"})")).object;
    CHECK(both["spec"]["serviceAccount"] == "new");
}

TEST_CASE("Pod: a create throws the status away and starts Pending", "[pod]") {
    struct Row {
        std::string resources;
        std::string qos;
    };
    const auto row = GENERATE(values<Row>({
        {"{}", "BestEffort"},
        {R"({"requests":{"cpu":"1"}})", "Burstable"},
        {R"({"limits":{"cpu":"1"}})", "Burstable"},
        {R"({"limits":{"cpu":"1","memory":"1Gi"}})", "Guaranteed"},
        {R"({"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1000m"}})", "Guaranteed"},
        {R"({"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m"}})", "Burstable"},
    }));
    CAPTURE(row.resources);
    auto manifest =
        pod_with(R"({"containers":[{"name":"a","image":"a","resources":)" + row.resources + "}]}");
    manifest["status"] = {{"phase", "Running"}};
    CHECK(create(manifest).object["status"] == Json{{"phase", "Pending"}, {"qosClass", row.qos}});
}

TEST_CASE("Pod: one that says nothing of silent nodes leaves them after 300 s", "[pod]") {
    const auto tolerations = create(pod_manifest()).object["spec"]["tolerations"];
    REQUIRE(tolerations.size() == 2);
    CHECK(tolerations[0]["key"] == "node.kubernetes.io/not-ready");
    CHECK(tolerations[0]["tolerationSeconds"] == 300);
    const auto own = create(pod_with(R"({"tolerations":[{"operator":"Exists"}]})")).object;
    CHECK(own["spec"]["tolerations"].size() == 1);
}

TEST_CASE("Pod: what an update may change", "[pod]") {
    struct Row {
        std::string change;
        std::string patch;
        Causes expected;
    };
    const auto row = GENERATE(values<Row>({
        {"nothing", "{}", {}},
        {"labels", R"({"metadata":{"labels":{"a":"b"}}})", {}},
        {"annotations", R"({"metadata":{"annotations":{"a":"b"}}})", {}},
        {"image", R"({"spec":{"containers":[{"name":"main","image":"web:2"}]}})", {}},
        {"no image",
         R"({"spec":{"containers":[{"name":"main","image":""}]}})",
         {"FieldValueRequired spec.containers[0].image"}},
        {"a deadline", R"({"spec":{"activeDeadlineSeconds":50}})", {}},
        {"a shorter deadline than 100", R"({"spec":{"activeDeadlineSeconds":99}})", {}},
        {"command",
         R"({"spec":{"containers":[{"name":"main","image":"web:1","command":["x"]}]}})",
         {"FieldValueForbidden spec"}},
        {"nodeName", R"({"spec":{"nodeName":"n1"}})", {"FieldValueForbidden spec"}},
        {"another container",
         R"({"spec":{"containers":[{"name":"main","image":"web:1"},{"name":"b","image":"b"}]}})",
         {"FieldValueForbidden spec.containers"}},
        {"name", R"({"metadata":{"name":"other"}})", {"FieldValueInvalid metadata.name"}},
        {"uid", R"({"metadata":{"uid":"other"}})", {"FieldValueInvalid metadata.uid"}},
    }));
    CAPTURE(row.change);
    const auto old = create(pod_manifest()).object;
    // Lists are replaced whole, so a changed container is completed as a client's PUT would be.
    auto changed = patched(old, row.patch);
    for (auto& container : changed["spec"]["containers"]) {
        auto complete = old["spec"]["containers"][0];
        complete.update(container);
        container = complete;
    }
    CHECK(causes(update(changed, old).errors) == row.expected);
}

TEST_CASE("Pod: a deadline may only come nearer", "[pod]") {
    const auto old = create(pod_with(R"({"activeDeadlineSeconds":100})")).object;
    const auto check = [&](const std::string& deadline) {
        return causes(
            update(patched(old, R"({"spec":{"activeDeadlineSeconds":)" + deadline + "}}"), old)
                .errors);
    };
    CHECK(check("99").empty());
    CHECK(check("101") == Causes{"FieldValueInvalid spec.activeDeadlineSeconds"});
    CHECK(check("null") == Causes{"FieldValueInvalid spec.activeDeadlineSeconds"});
}

TEST_CASE("Pod: tolerations may be added, not taken away", "[pod]") {
    const auto old = create(pod_with(R"({"tolerations":[{"operator":"Exists"}]})")).object;
    auto more = old;
    more["spec"]["tolerations"].push_back({{"key", "a"}, {"operator", "Exists"}});
    CHECK(update(more, old).errors.empty());
    CHECK(causes(update(old, more).errors) == Causes{"FieldValueForbidden spec.tolerations"});
}

TEST_CASE("Pod: spec changes count as generations, others do not", "[pod]") {
    const auto old = create(pod_manifest()).object;
    auto image = old;
    image["spec"]["containers"][0]["image"] = "web:2";
    CHECK(update(image, old).object["metadata"]["generation"] == 2);
    CHECK(
        update(patched(old, R"({"metadata":{"labels":{"a":"b"}}})"), old)
            .object["metadata"]["generation"] == 1);
}

TEST_CASE("Pod: only one that an agent runs is deleted gracefully", "[pod]") {
    const auto grace = [](const std::string& patch, std::optional<std::int64_t> requested) {
        return pod_strategy().grace_seconds(
            patched(create(pod_manifest()).object, patch), requested, context("v1"));
    };
    const std::string bound = R"({"spec":{"nodeName":"n1"}})";
    CHECK(grace(bound, std::nullopt) == 30);
    CHECK(grace(bound, 5) == 5);
    CHECK(grace(bound, 0) == 0);
    CHECK(grace(bound, -1) == 1);
    CHECK(
        grace(R"({"spec":{"nodeName":"n1","terminationGracePeriodSeconds":7}})", std::nullopt) ==
        7);
    CHECK(grace("{}", std::nullopt) == 0);
    CHECK(grace(R"({"spec":{"nodeName":"n1"},"status":{"phase":"Failed"}})", std::nullopt) == 0);
    CHECK(grace(R"({"spec":{"nodeName":"n1"},"status":{"phase":"Succeeded"}})", 9) == 0);
}

TEST_CASE("Pod: agents select by node, users by phase", "[pod]") {
    const auto object = patched(
        create(pod_manifest()).object,
        R"({"spec":{"nodeName":"n1"},"metadata":{"labels":{"a":"b"}}})");
    const auto attributes = attributes_of(*find_resource("v1", "pods"), object);
    const std::map<std::string, std::string> fields(
        attributes.fields.begin(), attributes.fields.end());
    CHECK(fields.at("spec.nodeName") == "n1");
    CHECK(fields.at("status.phase") == "Pending");
    CHECK(attributes.labels == Labels{{"a", "b"}});
}

TEST_CASE("Pod: one that no node will run is warned about", "[pod]") {
    CHECK(pod_strategy().warnings(pod_manifest(), context("v1")).size() == 1);
    CHECK(pod_strategy().warnings(pod_with(R"({"nodeName":"n1"})"), context("v1")).empty());
}

TEST_CASE("Pod: a binding names the node once", "[pod]") {
    auto pod = create(pod_manifest()).object;
    const auto binding = Json::parse(R"({"target":{"kind":"Node","name":"n1"}})");
    CHECK(bind_pod(pod, binding).has_value());
    CHECK(pod["spec"]["nodeName"] == "n1");
    const auto again = bind_pod(pod, binding);
    REQUIRE(again.has_error());
    CHECK(again.error().reason == Reason::Conflict);
    auto other = create(pod_manifest()).object;
    const auto nowhere = bind_pod(other, Json::parse(R"({"target":{"kind":"Pod"}})"));
    REQUIRE(nowhere.has_error());
    CHECK(
        causes(nowhere.error().causes) ==
        Causes{"FieldValueNotSupported target.kind", "FieldValueRequired target.name"});
}

}  // namespace
}  // namespace picket::registry
