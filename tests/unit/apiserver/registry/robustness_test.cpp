#include "common/schema/schema.hpp"
#include "fixtures.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace picket::registry {
namespace {

using namespace test;

/// A manifest that touches every theme of the pod spec.
Json rich_daemonset() {
    return patched(daemonset_manifest(), R"({
        "metadata":{"labels":{"a":"b"},"annotations":{"c":"d"},"finalizers":["x.io/y"],
            "ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u","controller":true}]},
        "spec":{
          "selector":{"matchLabels":{"app":"web"},
            "matchExpressions":[{"key":"app","operator":"In","values":["web"]}]},
          "updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"10%","maxSurge":0}},
          "minReadySeconds":3,
          "template":{
            "metadata":{"annotations":{"scheduler.alpha.kubernetes.io/affinity":"{\"nodeAffinity\":null}"}},
            "spec":{
              "nodeSelector":{"disk":"ssd"},
              "hostNetwork":true,
              "hostAliases":[{"ip":"10.0.0.1","hostnames":["a.b"]}],
              "tolerations":[{"key":"a","operator":"Equal","value":"b","effect":"NoExecute","tolerationSeconds":3}],
              "affinity":{"nodeAffinity":{
                "requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
                  {"matchExpressions":[{"key":"a","operator":"Gt","values":["1"]}],
                   "matchFields":[{"key":"metadata.name","operator":"In","values":["n"]}]}]},
                "preferredDuringSchedulingIgnoredDuringExecution":[
                  {"weight":1,"preference":{"matchExpressions":[{"key":"a","operator":"Exists"}]}}]}},
              "securityContext":{"runAsUser":1},
              "volumes":[
                {"name":"v","hostPath":{"path":"/x"}},
                {"name":"e","emptyDir":{"sizeLimit":"1Gi"}},
                {"name":"p","projected":{"sources":[{"secret":{"name":"s","items":[{"key":"k","path":"k"}]}}]}}],
              "initContainers":[{"name":"i","image":"i:1","restartPolicy":"Always"}],
              "containers":[{
                "name":"main","image":"web:1",
                "ports":[{"name":"http","containerPort":80,"hostPort":80}],
                "env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}}],
                "envFrom":[{"configMapRef":{"name":"c"}}],
                "resources":{"limits":{"cpu":"1"},"requests":{"cpu":"500m"}},
                "livenessProbe":{"httpGet":{"port":"http"},"periodSeconds":3},
                "lifecycle":{"preStop":{"exec":{"command":["x"]}}},
                "securityContext":{"privileged":true},
                "volumeMounts":[{"name":"v","mountPath":"/v","subPath":"a"}]}]}}}})");
}

Json random_value(std::mt19937& random) {
    static const std::vector<std::string> values = {
        "null",
        "true",
        "-1",
        "0",
        "70000",
        "9999999999",
        "1.5",
        R"("")",
        R"("..")",
        R"("a b")",
        R"("/")",
        R"("Exists")",
        "[]",
        "{}",
        R"([""])",
        R"([null])",
        R"({"a":"b"})",
        R"({"":""})",
        R"([{}])"};
    return Json::parse(values[random() % values.size()]);
}

/// Walks down at random and puts a random value where it stops.
void mutate(Json& document, std::mt19937& random) {
    auto* here = &document;
    while (here->is_structured() && !here->empty() && random() % 8 != 0) {
        auto child = here->begin();
        std::advance(child, static_cast<std::ptrdiff_t>(random() % here->size()));
        here = &*child;
    }
    auto value = random_value(random);
    // Mostly of the same type: another one hardly ever gets past the schema.
    while (value.type() != here->type() && random() % 16 != 0) value = random_value(random);
    *here = std::move(value);
}

/// What the routes let through to the rules: right types and no unknown fields.
bool reaches_the_rules(const Json& manifest) {
    const auto version = manifest.value("apiVersion", Json());
    if (!manifest.is_object() || version != kModern ||
        manifest.value("kind", Json()) != "DaemonSet")
        return false;
    if (!manifest.value("metadata", Json()).is_object()) return false;
    const auto found = schema::check(*schema::find_kind(kModern, "DaemonSet"), manifest);
    return found.type_errors.empty() && found.unknown_fields.empty();
}

TEST_CASE("rules: no document of the right types makes them fail", "[property]") {
    std::mt19937 random(5);
    const auto valid = rich_daemonset();
    REQUIRE(causes(create(valid).errors).empty());
    const auto old = create(valid).object;
    int reached = 0;
    for (int i = 0; i < 3000; ++i) {
        auto manifest = valid;
        for (auto changes = 1 + random() % 2; changes > 0; --changes) {
            if (manifest.is_object()) mutate(manifest, random);
        }
        if (!manifest.is_object() || !reaches_the_rules(manifest)) continue;
        ++reached;
        CAPTURE(manifest.dump());
        REQUIRE_NOTHROW(create(manifest));
        REQUIRE_NOTHROW(update(manifest, old));
    }
    CHECK(reached > 500);
}

TEST_CASE("rules: what was admitted is admitted again unchanged", "[property]") {
    const auto object = create(rich_daemonset()).object;
    const auto again = update(object, object);
    CHECK(again.errors.empty());
    CHECK(again.object == object);
}

}  // namespace
}  // namespace picket::registry
