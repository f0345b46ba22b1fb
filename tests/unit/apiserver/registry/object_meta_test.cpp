#include "apiserver/registry/object_meta.hpp"

#include "fixtures.hpp"

#include <catch2/catch.hpp>

namespace picket::registry {
namespace {

using namespace test;
using Causes = std::vector<std::string>;

Json config_map(const std::string& metadata) {
    return Json::parse(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":)" + metadata + "}");
}

TEST_CASE("metadata: a create takes what the server owns from the server", "[metadata]") {
    const auto object = create(patched(daemonset_manifest(), R"({"metadata":{
        "uid":"mine","resourceVersion":"7","selfLink":"/x","generation":9,"deletionGracePeriodSeconds":4,
        "creationTimestamp":"2000-01-01T00:00:00Z","deletionTimestamp":"2000-01-01T00:00:00Z"}})"))
                            .object;
    const auto& metadata = object["metadata"];
    CHECK(metadata["uid"] != "mine");
    CHECK(metadata["creationTimestamp"] == "2026-01-02T03:04:05Z");
    CHECK(metadata["generation"] == 1);
    for (const auto* key :
         {"resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"}) {
        CAPTURE(key);
        CHECK_FALSE(metadata.contains(key));
    }
}

TEST_CASE("metadata: a name is made from its prefix, which is cut to leave room", "[metadata]") {
    const auto name =
        create(config_map(R"({"generateName":"web-","namespace":"d"})")).object["metadata"]["name"];
    CHECK_THAT(name.get<std::string>(), Catch::Matches("web-[a-z0-9]{5}"));
    const auto prefix = std::string(80, 'a');
    const auto cut = create(config_map(R"({"generateName":")" + prefix + R"(","namespace":"d"})"))
                         .object["metadata"]["name"];
    CHECK(cut.get<std::string>().size() == 63);
    const auto given =
        create(config_map(R"({"name":"x","generateName":"web-","namespace":"d"})")).object;
    CHECK(given["metadata"]["name"] == "x");
}

TEST_CASE("metadata: what is wrong is named with its field", "[metadata]") {
    struct Row {
        std::string rule;
        std::string metadata;
        Causes expected;
    };
    const auto row = GENERATE(values<Row>({
        {"valid", R"({"name":"a.b-c","namespace":"d"})", {}},
        {"no name", R"({"namespace":"d"})", {"FieldValueRequired metadata.name"}},
        {"bad prefix",
         R"({"generateName":"Web-","namespace":"d"})",
         {"FieldValueInvalid metadata.generateName", "FieldValueInvalid metadata.name"}},
        {"bad namespace",
         R"({"name":"a","namespace":"d.e"})",
         {"FieldValueInvalid metadata.namespace"}},
        {"two controllers",
         R"({"name":"a","namespace":"d","ownerReferences":[
              {"apiVersion":"v1","kind":"Pod","name":"a","uid":"1","controller":true},
              {"apiVersion":"v1","kind":"Pod","name":"b","uid":"2","controller":true}]})",
         {"FieldValueInvalid metadata.ownerReferences"}},
        {"owner without uid",
         R"({"name":"a","namespace":"d","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"a"}]})",
         {"FieldValueRequired metadata.ownerReferences[0].uid"}},
        {"finalizer without prefix",
         R"({"name":"a","namespace":"d","finalizers":["mine"]})",
         {"FieldValueInvalid metadata.finalizers[0]"}},
        {"finalizers that exclude each other",
         R"({"name":"a","namespace":"d","finalizers":["orphan","foregroundDeletion"]})",
         {"FieldValueInvalid metadata.finalizers"}},
    }));
    CAPTURE(row.rule);
    CHECK(causes(create(config_map(row.metadata)).errors) == row.expected);
}

TEST_CASE(
    "metadata: cluster-scoped objects have no namespace, namespaces are labels", "[metadata]") {
    const auto node = Json::parse(
        R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n.1","namespace":"d"}})");
    CHECK(causes(create(node).errors) == Causes{"FieldValueForbidden metadata.namespace"});
    const auto dotted =
        Json::parse(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a.b"}})");
    CHECK(causes(create(dotted).errors) == Causes{"FieldValueInvalid metadata.name"});
}

TEST_CASE(
    "metadata: an update may leave out or rewrite what the server owns, not change it",
    "[metadata]") {
    const auto old = create(config_map(R"({"name":"a","namespace":"d"})")).object;
    CHECK(update(config_map(R"({"name":"a","namespace":"d"})"), old).object == old);
    auto rewritten = old;
    rewritten["metadata"]["creationTimestamp"] = "2026-01-02T04:04:05.000+01:00";
    const auto same = update(rewritten, old);
    CHECK(same.errors.empty());
    CHECK(same.object == old);
    rewritten["metadata"]["creationTimestamp"] = "2026-01-02T03:04:06Z";
    CHECK(
        causes(update(rewritten, old).errors) ==
        Causes{"FieldValueInvalid metadata.creationTimestamp"});
}

TEST_CASE("metadata: an object that is being deleted takes no new finalizer", "[metadata]") {
    auto old = create(config_map(R"({"name":"a","namespace":"d","finalizers":["x.io/a"]})")).object;
    old["metadata"]["deletionTimestamp"] = "2026-01-02T03:04:05Z";
    CHECK(update(patched(old, R"({"metadata":{"finalizers":[]}})"), old).errors.empty());
    CHECK(
        causes(update(patched(old, R"({"metadata":{"finalizers":["x.io/a","x.io/b"]}})"), old)
                   .errors) == Causes{"FieldValueForbidden metadata.finalizers"});
}

}  // namespace
}  // namespace picket::registry
