#include "apiserver/routes/discovery.hpp"

#include "common/schema/schema.hpp"
#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <map>

using namespace picket;
using namespace picket::apiserver;

namespace {

const Json* entry(const Json& list, const char* key, std::string_view name) {
    for (const auto& each : list) {
        if (each.at(key) == name) return &each;
    }
    return nullptr;
}

}  // namespace

TEST_CASE(
    "Discovery: eviction is listed under its own group, or drain would delete", "[discovery]") {
    const auto list = api_resource_list("v1");
    const auto* eviction = entry(list["resources"], "name", "pods/eviction");
    REQUIRE(eviction != nullptr);
    CHECK((*eviction)["group"] == "policy");
    CHECK((*eviction)["version"] == "v1");
    CHECK((*eviction)["kind"] == "Eviction");
}

TEST_CASE("Discovery: every group version has a list, others have none", "[discovery]") {
    for (const auto& resource : all_resources()) {
        for (const auto group_version : resource.group_versions) {
            CAPTURE(std::string(group_version));
            const auto list = api_resource_list(group_version);
            REQUIRE(list.is_object());
            CHECK(entry(list["resources"], "name", resource.plural) != nullptr);
        }
    }
    CHECK(api_resource_list("apps/v9").is_null());
    CHECK(api_group("nosuch").is_null());
}

TEST_CASE("Discovery: the core group is not among the named ones", "[discovery]") {
    CHECK(entry(api_group_list()["groups"], "name", "") == nullptr);
    CHECK(entry(api_group_list()["groups"], "name", "apps") != nullptr);
}

TEST_CASE("Discovery: the aggregated document says kind and scope of everything", "[discovery]") {
    const bool core = GENERATE(true, false);
    const auto document = aggregated_discovery(core, "v2");
    CHECK(document["apiVersion"] == "apidiscovery.k8s.io/v2");
    for (const auto& group : document["items"]) {
        CHECK((group["metadata"]["name"] == "") == core);
        for (const auto& version : group["versions"]) {
            for (const auto& resource : version["resources"]) {
                CAPTURE(resource.dump());
                // One that is there for its subresources alone has no kind, and cannot be got.
                CHECK((resource["responseKind"]["kind"] == "") == resource["verbs"].empty());
                CHECK((resource["scope"] == "Namespaced" || resource["scope"] == "Cluster"));
            }
        }
    }
}

TEST_CASE(
    "Discovery: placement and plan are found, and are no other way to a DaemonSet", "[discovery]") {
    const auto list = api_resource_list("picket.dev/v1");
    CHECK(entry(list["resources"], "name", "daemonsets") == nullptr);
    const auto* placement = entry(list["resources"], "name", "daemonsets/placement");
    REQUIRE(placement != nullptr);
    CHECK((*placement)["kind"] == "Placement");
    CHECK((*placement)["verbs"] == Json::array({"get"}));
    REQUIRE(entry(list["resources"], "name", "daemonsets/plan") != nullptr);
    const auto document = schema::openapi_v3("picket.dev/v1");
    const std::string path = "/apis/picket.dev/v1/namespaces/{namespace}/daemonsets/{name}";
    CHECK_FALSE(document["paths"].contains(path));
    CHECK(document["paths"][path + "/placement"].contains("get"));
    CHECK(document["paths"][path + "/plan"].contains("post"));
    CHECK(document["components"]["schemas"].contains("dev.picket.v1.Placement"));
}

TEST_CASE("Discovery: short names stand for the preferred version alone", "[discovery]") {
    const auto preferred = api_resource_list("apps/v1");
    const auto other = api_resource_list("extensions/v1beta1");
    CHECK(entry(preferred["resources"], "name", "daemonsets")->contains("shortNames"));
    CHECK_FALSE(entry(other["resources"], "name", "daemonsets")->contains("shortNames"));
    CHECK_FALSE(entry(other["resources"], "name", "daemonsets")->contains("categories"));
}

TEST_CASE("Discovery: a kind is found in its first home before any other", "[discovery]") {
    const auto groups = api_group_list()["groups"];
    std::map<std::string, std::size_t> place;
    for (std::size_t i = 0; i < groups.size(); ++i) place[groups[i]["name"]] = i;
    for (const auto& resource : all_resources()) {
        const auto home = std::string(resource.group());
        if (home.empty()) continue;
        for (const auto group_version : resource.group_versions) {
            const auto other = std::string(split_group_version(group_version).group);
            CAPTURE(std::string(resource.plural), other);
            CHECK(place.at(home) <= place.at(other));
        }
    }
}

TEST_CASE("Discovery: a DaemonSet is found in both its versions", "[discovery]") {
    const auto document = aggregated_discovery(false, "v2beta1");
    for (const auto* name : {"apps", "extensions"}) {
        bool found = false;
        for (const auto& group : document["items"]) {
            if (group["metadata"]["name"] != name) continue;
            found = entry(group["versions"][0]["resources"], "resource", "daemonsets") != nullptr;
        }
        CAPTURE(name);
        CHECK(found);
    }
}
