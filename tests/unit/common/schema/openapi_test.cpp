#include "common/api/resource.hpp"
#include "common/schema/schema.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace picket::schema {
namespace {

const std::string kCore = "io.k8s.api.core.v1.";

Json schema_of(const Json& document, const std::string& name) {
    return document["components"]["schemas"].at(name);
}

Json property(const Json& document, const std::string& type, const std::string& field) {
    return schema_of(document, type)["properties"].at(field);
}

/// Everything a document refers to by $ref.
void collect_references(const Json& node, std::vector<std::string>& out) {
    if (node.is_object() && node.contains("$ref")) out.push_back(node["$ref"].get<std::string>());
    if (!node.is_structured()) return;
    for (const auto& child : node) collect_references(child, out);
}

std::vector<std::string> served_group_versions() {
    std::vector<std::string> all;
    for (const auto& resource : all_resources()) {
        all.insert(all.end(), resource.group_versions.begin(), resource.group_versions.end());
    }
    return all;
}

TEST_CASE("OpenAPI: the index lists every group version with a document's hash", "[schema]") {
    const Json paths = openapi_v3_index()["paths"];
    for (const auto& group_version : served_group_versions()) {
        const auto key = (group_version == "v1" ? "api/" : "apis/") + group_version;
        CAPTURE(key);
        REQUIRE(paths.contains(key));
        CHECK_THAT(
            paths[key]["serverRelativeURL"].get<std::string>(),
            Catch::StartsWith("/openapi/v3/" + key + "?hash="));
        CHECK(openapi_v3(group_version)["openapi"] == "3.0.0");
    }
    CHECK(openapi_v3("batch/v1").is_null());
}

TEST_CASE("OpenAPI: PATCH of every kind takes fieldValidation and has no body", "[schema]") {
    for (const auto& resource : all_resources()) {
        for (const auto group_version : resource.group_versions) {
            CAPTURE(group_version, resource.kind);
            const auto [group, version] = split_group_version(group_version);
            const Json gvk = {{"group", group}, {"version", version}, {"kind", resource.kind}};
            const Json paths = openapi_v3(group_version)["paths"];
            const auto found = std::find_if(paths.begin(), paths.end(), [&](const Json& item) {
                return item.contains("patch") &&
                       item["patch"]["x-kubernetes-group-version-kind"] == gvk;
            });
            REQUIRE(found != paths.end());
            CHECK(!(*found)["patch"].contains("requestBody"));
            const Json& parameters = (*found)["patch"]["parameters"];
            CHECK(std::any_of(parameters.begin(), parameters.end(), [](const Json& parameter) {
                return parameter["name"] == "fieldValidation";
            }));
        }
    }
}

TEST_CASE("OpenAPI: paths are those of the API", "[schema]") {
    CHECK(openapi_v3("v1")["paths"].contains("/api/v1/namespaces/{namespace}/pods/{name}"));
    CHECK(openapi_v3("v1")["paths"].contains("/api/v1/nodes"));
    CHECK(openapi_v3("apps/v1")["paths"].contains(
        "/apis/apps/v1/namespaces/{namespace}/daemonsets/{name}"));
}

TEST_CASE("OpenAPI: every reference is resolved within the document", "[schema]") {
    for (const auto& group_version : served_group_versions()) {
        const Json document = openapi_v3(group_version);
        std::vector<std::string> references;
        collect_references(document, references);
        REQUIRE(!references.empty());
        for (const auto& reference : references) {
            CAPTURE(group_version, reference);
            CHECK(document.contains(Json::json_pointer(reference.substr(1))));
        }
    }
}

TEST_CASE("OpenAPI: a kind's schema says which kind it is", "[schema]") {
    const Json document = openapi_v3("extensions/v1beta1");
    const Json set = schema_of(document, "io.k8s.api.extensions.v1beta1.DaemonSet");
    CHECK(
        set["x-kubernetes-group-version-kind"] ==
        Json::array({{{"group", "extensions"}, {"version", "v1beta1"}, {"kind", "DaemonSet"}}}));
    CHECK(set["required"] == Json::array({"spec"}));
}

TEST_CASE("OpenAPI: fields carry type, default, enumeration and merge rules", "[schema]") {
    const Json document = openapi_v3("v1");
    const Json containers = property(document, kCore + "PodSpec", "containers");
    CHECK(containers["type"] == "array");
    CHECK(containers["items"] == Json{{"$ref", "#/components/schemas/" + kCore + "Container"}});
    CHECK(containers["x-kubernetes-patch-merge-key"] == "name");
    CHECK(containers["x-kubernetes-patch-strategy"] == "merge");
    CHECK(containers["x-kubernetes-list-map-keys"] == Json::array({"name"}));

    const Json volumes = property(document, kCore + "PodSpec", "volumes");
    CHECK(volumes["x-kubernetes-patch-strategy"] == "merge,retainKeys");

    const Json policy = property(document, kCore + "PodSpec", "restartPolicy");
    CHECK(policy["default"] == "Always");
    CHECK(policy["enum"] == Json::array({"Always", "OnFailure", "Never"}));

    const Json affinity = property(document, kCore + "PodSpec", "affinity");
    CHECK(affinity["allOf"][0]["$ref"] == "#/components/schemas/" + kCore + "Affinity");

    const Json limits = property(document, kCore + "ResourceRequirements", "limits");
    CHECK_THAT(
        limits["additionalProperties"]["$ref"].get<std::string>(), Catch::EndsWith(".Quantity"));
}

TEST_CASE("OpenAPI: the explanation of a stored field says so", "[schema]") {
    const Json field = property(openapi_v3("v1"), kCore + "PodSpec", "topologySpreadConstraints");
    CHECK_THAT(
        field["description"].get<std::string>(),
        Catch::EndsWith("Stored without effect: picket has no scheduler."));
}

TEST_CASE("OpenAPI v2: one document, whose references all lead somewhere", "[schema]") {
    const Json document = openapi_v2();
    CHECK(document["swagger"] == "2.0");
    std::vector<std::string> references;
    collect_references(document, references);
    REQUIRE(!references.empty());
    for (const auto& reference : references) {
        CAPTURE(reference);
        CHECK(document.contains(Json::json_pointer(reference.substr(1))));
    }
    // What Swagger 2.0 does not have.
    const auto text = document.dump();
    CHECK(text.find("oneOf") == std::string::npos);
    CHECK(text.find("allOf") == std::string::npos);
    CHECK(text.find("#/components") == std::string::npos);
}

TEST_CASE("OpenAPI v2: every kind is found, and its PATCH takes dryRun", "[schema]") {
    const Json document = openapi_v2();
    for (const auto& resource : all_resources()) {
        for (const auto group_version : resource.group_versions) {
            CAPTURE(group_version, resource.kind);
            const auto [group, version] = split_group_version(group_version);
            const Json gvk = {{"group", group}, {"version", version}, {"kind", resource.kind}};
            const Json& definitions = document["definitions"];
            CHECK(std::any_of(definitions.begin(), definitions.end(), [&](const Json& schema) {
                const auto kinds = schema.value("x-kubernetes-group-version-kind", Json::array());
                return std::find(kinds.begin(), kinds.end(), gvk) != kinds.end();
            }));
            const Json& paths = document["paths"];
            const auto found = std::find_if(paths.begin(), paths.end(), [&](const Json& item) {
                return item.contains("patch") &&
                       item["patch"]["x-kubernetes-group-version-kind"] == gvk;
            });
            REQUIRE(found != paths.end());
            CHECK(
                (*found)["patch"]["parameters"][0] ==
                Json{{"name", "dryRun"}, {"in", "query"}, {"type", "string"}});
        }
    }
}

TEST_CASE(
    "OpenAPI v2: a field keeps its merge rules, and says what it is beside a reference",
    "[schema]") {
    const Json definitions = openapi_v2()["definitions"];
    const Json& spec = definitions[kCore + "PodSpec"]["properties"];
    CHECK(spec["containers"]["x-kubernetes-patch-merge-key"] == "name");
    CHECK(spec["containers"]["items"]["$ref"] == "#/definitions/" + kCore + "Container");
    CHECK(spec["affinity"]["$ref"] == "#/definitions/" + kCore + "Affinity");
    CHECK(spec["affinity"].contains("description"));
    const Json& quantity = definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"];
    CHECK(quantity["type"] == "string");
    const Json& port = definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"];
    CHECK(port["format"] == "int-or-string");
}

}  // namespace
}  // namespace picket::schema
