#include "apiserver/registry/kinds/daemonset_rules.hpp"
#include "fixtures.hpp"

#include <catch2/catch.hpp>

namespace picket::registry {
namespace {

using namespace test;

const Strategy& strategy() {
    return strategy_for(*find_resource(kModern, "daemonsets"));
}

std::int64_t generation(const Json& object) {
    return object.at("metadata").at("generation");
}

TEST_CASE(
    "DaemonSet: a selector left out is the template's labels in every version", "[daemonset]") {
    const auto version = GENERATE(as<std::string>(), kModern, kLegacy);
    const auto admitted =
        create(patched(daemonset_manifest(version), R"({"spec":{"selector":null}})"));
    CHECK(admitted.errors.empty());
    CHECK(admitted.object["spec"]["selector"] == Json::parse(R"({"matchLabels":{"app":"web"}})"));
}

TEST_CASE("DaemonSet: labels are taken from the template by the old version alone", "[daemonset]") {
    CHECK_FALSE(create(daemonset_manifest(kModern)).object["metadata"].contains("labels"));
    CHECK(create(daemonset_manifest(kLegacy)).object["metadata"]["labels"] == Json{{"app", "web"}});
    const auto own =
        create(patched(daemonset_manifest(kLegacy), R"({"metadata":{"labels":{"a":"b"}}})")).object;
    CHECK(own["metadata"]["labels"] == Json{{"a", "b"}});
}

TEST_CASE("DaemonSet: tolerations in an annotation count in the old version", "[daemonset]") {
    const auto annotated = R"({"spec":{"template":{"metadata":{"annotations":
        {"scheduler.alpha.kubernetes.io/tolerations":"[{\"key\":\"a\",\"operator\":\"Exists\"}]"}}}}})";
    const auto tolerations = [](const Json& object) {
        return object["spec"]["template"]["spec"].value("tolerations", Json::array());
    };
    const auto old = create(patched(daemonset_manifest(kLegacy), annotated)).object;
    REQUIRE(tolerations(old).size() == 1);
    CHECK(tolerations(old)[0]["key"] == "a");
    CHECK(tolerations(create(patched(daemonset_manifest(kModern), annotated)).object).empty());

    auto own = patched(daemonset_manifest(kLegacy), annotated);
    own["spec"]["template"]["spec"]["tolerations"] = Json::array({Json{{"operator", "Exists"}}});
    CHECK_FALSE(tolerations(create(own).object)[0].contains("key"));
    own = patched(daemonset_manifest(kLegacy), annotated);
    own["spec"]["template"]["metadata"]["annotations"] = {
        {"scheduler.alpha.kubernetes.io/tolerations", "no json"}};
    CHECK(tolerations(create(own).object).empty());
}

TEST_CASE(
    "DaemonSet: the update strategy's default goes by the version of the request", "[daemonset]") {
    CHECK(
        create(daemonset_manifest(kModern)).object["spec"]["updateStrategy"] ==
        Json::parse(
            R"({"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":1,"maxSurge":0}})"));
    CHECK(
        create(daemonset_manifest(kLegacy)).object["spec"]["updateStrategy"] ==
        Json::parse(R"({"type":"OnDelete"})"));
}

TEST_CASE("DaemonSet: a given value is never replaced by a default", "[daemonset]") {
    const auto object =
        create(patched(
                   daemonset_manifest(),
                   R"({"spec":{"revisionHistoryLimit":0,"updateStrategy":{"type":"OnDelete"}}})"))
            .object;
    CHECK(object["spec"]["revisionHistoryLimit"] == 0);
    CHECK(object["spec"]["updateStrategy"] == Json::parse(R"({"type":"OnDelete"})"));
    CHECK(create(daemonset_manifest()).object["spec"]["revisionHistoryLimit"] == 10);
}

TEST_CASE(
    "DaemonSet: a create starts both generations at 1 and empties the status", "[daemonset]") {
    const auto object =
        create(patched(daemonset_manifest(), R"({"status":{"numberReady":7}})")).object;
    CHECK(generation(object) == 1);
    CHECK(template_generation(object) == 1);
    CHECK(object["status"]["numberReady"] == 0);
}

TEST_CASE(
    "DaemonSet: a higher template generation is kept at create, a lower one becomes 1",
    "[daemonset]") {
    const auto high =
        patched(daemonset_manifest(kLegacy), R"({"spec":{"templateGeneration":999}})");
    CHECK(template_generation(create(high).object) == 999);
    const auto low = patched(daemonset_manifest(kLegacy), R"({"spec":{"templateGeneration":-3}})");
    CHECK(template_generation(create(low).object) == 1);
}

TEST_CASE("DaemonSet: what an update changes decides which generation counts", "[daemonset]") {
    struct Row {
        std::string change;
        std::string patch;
        std::int64_t generation;
        std::int64_t template_generation;
    };
    const auto row = GENERATE(values<Row>({
        {"nothing", "{}", 1, 1},
        {"labels of the set", R"({"metadata":{"labels":{"a":"b"}}})", 1, 1},
        {"annotations of the set", R"({"metadata":{"annotations":{"a":"b"}}})", 1, 1},
        {"minReadySeconds", R"({"spec":{"minReadySeconds":5}})", 2, 1},
        {"strategy",
         R"({"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}})",
         2,
         1},
        {"label of the template",
         R"({"spec":{"template":{"metadata":{"labels":{"a":"b"}}}}})",
         2,
         2},
        {"node selector", R"({"spec":{"template":{"spec":{"nodeSelector":{"a":"b"}}}}})", 2, 2},
        {"the template generation itself",
         R"({"metadata":{"annotations":{"deprecated.daemonset.template.generation":"77"}}})",
         1,
         1},
        {"the generation itself", R"({"metadata":{"generation":77}})", 1, 1},
        {"the status", R"({"status":{"numberReady":9}})", 1, 1},
    }));
    CAPTURE(row.change);
    const auto old = create(daemonset_manifest()).object;
    const auto updated = update(patched(old, row.patch), old);
    CHECK(updated.errors.empty());
    CHECK(generation(updated.object) == row.generation);
    CHECK(template_generation(updated.object) == row.template_generation);
    CHECK(updated.object["status"] == old["status"]);
}

TEST_CASE(
    "DaemonSet: a template that says the same in other words is no change, and stays as stored",
    "[daemonset]") {
    const auto same = GENERATE(values<std::string>({
        R"({"hostNetwork":false,"hostPID":false})",
        R"({"nodeSelector":{},"tolerations":[],"affinity":{},"hostname":""})",
        R"({"restartPolicy":"Always","terminationGracePeriodSeconds":30})",
        R"({"containers":[{"name":"main","image":"web:1","tty":false,"env":[],"resources":{}}]})",
        R"({"containers":[{"name":"main","image":"web:1","imagePullPolicy":"IfNotPresent"}]})",
    }));
    CAPTURE(same);
    const auto old = create(daemonset_manifest()).object;
    const Json patch{{"spec", {{"template", {{"spec", Json::parse(same)}}}}}};
    const auto updated = update(patched(old, patch.dump()), old);
    CHECK(updated.errors.empty());
    CHECK(updated.object == old);
}

TEST_CASE("DaemonSet: an explicit value that is not absence is a change", "[daemonset]") {
    const auto other = GENERATE(values<std::string>({
        R"({"automountServiceAccountToken":false})",
        R"({"nodeSelector":{"edge":""}})",
        R"({"securityContext":{"runAsUser":0}})",
        R"({"containers":[{"name":"main","image":"web:1","args":[""]}]})",
    }));
    CAPTURE(other);
    const auto old = create(daemonset_manifest()).object;
    const Json patch{{"spec", {{"template", {{"spec", Json::parse(other)}}}}}};
    const auto updated = update(patched(old, patch.dump()), old);
    CHECK(generation(updated.object) == 2);
    CHECK(template_generation(updated.object) == 2);
}

TEST_CASE(
    "DaemonSet: writing back what was read changes nothing, whatever the version", "[daemonset]") {
    const auto created_through = GENERATE(as<std::string>(), kModern, "apps/v1beta2", kLegacy);
    const auto read_through = GENERATE(as<std::string>(), kModern, "apps/v1beta2", kLegacy);
    CAPTURE(created_through, read_through);
    // Without labels the old version would add those of the template.
    const auto labelled =
        patched(daemonset_manifest(created_through), R"({"metadata":{"labels":{"a":"b"}}})");
    const auto old = create(labelled).object;
    auto shown = old;
    strategy().encode(shown, read_through);
    CHECK(update(shown, old).object == old);
}

TEST_CASE(
    "DaemonSet: the template generation is a field in one version, an annotation in the other",
    "[daemonset]") {
    const auto stored = create(daemonset_manifest()).object;
    auto legacy = stored;
    strategy().encode(legacy, kLegacy);
    CHECK(legacy["apiVersion"] == kLegacy);
    CHECK(legacy["spec"]["templateGeneration"] == 1);
    CHECK_FALSE(legacy["metadata"].contains("annotations"));
    CHECK_FALSE(legacy["spec"]["updateStrategy"]["rollingUpdate"].contains("maxSurge"));

    auto modern = stored;
    strategy().encode(modern, kModern);
    CHECK(modern["metadata"]["annotations"]["deprecated.daemonset.template.generation"] == "1");
    CHECK_FALSE(modern["spec"].contains("templateGeneration"));
}

TEST_CASE("DaemonSet: apps/v1beta2 is apps/v1 under another name", "[daemonset]") {
    auto between = create(daemonset_manifest("apps/v1beta2")).object;
    CHECK(between == create(daemonset_manifest(kModern)).object);
    CHECK(strategy().default_propagation("apps/v1beta2") == Propagation::Background);
    strategy().encode(between, "apps/v1beta2");
    CHECK(between["apiVersion"] == "apps/v1beta2");
}

TEST_CASE("DaemonSet: a template generation that is no number cannot be converted", "[daemonset]") {
    auto manifest = daemonset_manifest();
    manifest["metadata"]["annotations"]["deprecated.daemonset.template.generation"] = "many";
    const auto decoded = strategy().decode(manifest, context(kModern));
    REQUIRE(decoded.has_error());
    CHECK(decoded.error().reason == Reason::BadRequest);
}

TEST_CASE("DaemonSet: a status update changes the status alone", "[daemonset]") {
    const auto old = create(daemonset_manifest()).object;
    auto object = patched(old, R"({"metadata":{"labels":{"a":"b"}},"spec":{"minReadySeconds":9},
                                   "status":{"numberReady":3}})");
    strategy().prepare_for_status_update(object, old, context(kModern));
    CHECK(object["status"]["numberReady"] == 3);
    object["status"] = old["status"];
    CHECK(object == old);
}

TEST_CASE(
    "DaemonSet: a delete without a policy goes by the version of the request", "[daemonset]") {
    CHECK(strategy().default_propagation(kModern) == Propagation::Background);
    CHECK(strategy().default_propagation(kLegacy) == Propagation::Orphan);
}

TEST_CASE(
    "DaemonSet: a template keeps to what its author wrote where a pod is completed",
    "[daemonset]") {
    const auto manifest = patched(daemonset_manifest(), R"({"spec":{"template":{"spec":{
        "hostNetwork": true,
        "containers":[{"name":"main","image":"web","ports":[{"containerPort":80}],
                       "resources":{"limits":{"cpu":"0.5"}}}],
        "volumes":[{"name":"tmp"}]}}}})");
    const auto admitted = create(manifest);
    CHECK(admitted.errors.empty());
    const auto& spec = admitted.object["spec"]["template"]["spec"];
    const auto& container = spec["containers"][0];
    CHECK_FALSE(container["ports"][0].contains("hostPort"));
    CHECK(container["resources"] == Json::parse(R"({"limits":{"cpu":"500m"}})"));
    CHECK(container["imagePullPolicy"] == "Always");
    CHECK(spec["volumes"][0]["emptyDir"] == Json::object());
    CHECK_FALSE(spec.contains("enableServiceLinks"));
}

}  // namespace
}  // namespace picket::registry
