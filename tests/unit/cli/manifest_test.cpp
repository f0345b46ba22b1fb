#include "cli/manifest.hpp"

#include "cli/apply.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using picket::Json;
using picket::cli::last_applied_of;
using picket::cli::parse_manifests;
using picket::cli::with_last_applied;

TEST_CASE("manifests: documents and lists, with where they stand", "[manifest]") {
    const auto manifests = parse_manifests(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n"
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: "
        "b}}\n"
        "- {apiVersion: v1, kind: ConfigMapList, items: [{apiVersion: v1, kind: ConfigMap, "
        "metadata: {name: c}}]}\n",
        "x.yaml");
    REQUIRE(manifests.has_value());
    REQUIRE(manifests->size() == 3);
    CHECK(manifests->at(0).object.at("metadata").at("name") == "a");
    CHECK(manifests->at(1).object.at("kind") == "Secret");
    CHECK(manifests->at(2).object.at("metadata").at("name") == "c");
    CHECK(manifests->at(0).source == "x.yaml:1");
}

TEST_CASE("manifests: what is no object is refused with its place", "[manifest]") {
    const auto message = [](const char* text) {
        return parse_manifests(text, "x.yaml").error().message;
    };
    CHECK_THAT(
        message("metadata: {name: a}\n"),
        Catch::Contains("x.yaml:1") && Catch::Contains("kind is not set"));
    CHECK_THAT(message("kind: Pod\n"), Catch::Contains("apiVersion is not set"));
    CHECK_THAT(message("just text\n"), Catch::Contains("not an object"));
    CHECK_THAT(
        message("apiVersion: v1\nkind: List\nitems: 3\n"), Catch::Contains("items is not a list"));
}

TEST_CASE("apply: what was applied is remembered in kubectl's annotation", "[apply]") {
    const Json object = Json::parse(
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"a<b>&c"}})");
    const Json annotated = with_last_applied(object);
    CHECK(
        annotated["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] ==
        "{\"apiVersion\":\"v1\",\"data\":{\"k\":\"a\\u003cb\\u003e\\u0026c\"},\"kind\":"
        "\"ConfigMap\",\"metadata\":{"
        "\"annotations\":{},\"name\":\"a\"}}\n");
    // Applying what was read back does not nest what was remembered.
    CHECK(with_last_applied(annotated) == annotated);
    CHECK(last_applied_of(annotated)["data"] == object["data"]);
    CHECK(last_applied_of(object).is_null());
    Json broken = annotated;
    broken["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] = "{";
    CHECK(last_applied_of(broken).is_null());
}
