#include "fixtures.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace picket::registry {
namespace {

using namespace test;
using Causes = std::vector<std::string>;

Json object_of(const std::string& version, const std::string& kind, const std::string& rest) {
    auto object = Json::parse(rest);
    object["apiVersion"] = version;
    object["kind"] = kind;
    object["metadata"]["name"] = "x";
    if (find_resource_by_kind(version, kind)->namespaced)
        object["metadata"]["namespace"] = "default";
    return object;
}

std::map<std::string, std::string> fields_of(const Json& object) {
    const auto* resource = find_resource_by_kind(
        object.at("apiVersion").get<std::string>(), object.at("kind").get<std::string>());
    const auto fields = strategy_for(*resource).selectable_fields(object);
    return {fields.begin(), fields.end()};
}

TEST_CASE("Secret: stringData becomes part of data and wins", "[kinds]") {
    const auto object =
        create(
            object_of(
                "v1", "Secret", R"({"data":{"a":"eA==","b":"eA=="},"stringData":{"a":"hello"}})"))
            .object;
    CHECK(object["data"] == Json::parse(R"({"a":"aGVsbG8=","b":"eA=="})"));
    CHECK_FALSE(object.contains("stringData"));
    CHECK(object["type"] == "Opaque");
}

TEST_CASE("Secret: a type may want its keys and never changes", "[kinds]") {
    CHECK(
        causes(
            create(object_of(
                       "v1", "Secret", R"({"type":"kubernetes.io/tls","data":{"tls.crt":"eA=="}})"))
                .errors) == Causes{"FieldValueRequired data[tls.key]"});
    const auto old = create(object_of("v1", "Secret", "{}")).object;
    CHECK(
        causes(update(patched(old, R"({"type":"mine"})"), old).errors) ==
        Causes{"FieldValueInvalid type"});
}

TEST_CASE("ConfigMap: keys, size and both kinds of data", "[kinds]") {
    const auto check = [](const std::string& rest) {
        return causes(create(object_of("v1", "ConfigMap", rest)).errors);
    };
    CHECK(check(R"({"data":{"a.conf":"x"},"binaryData":{"b":"eA=="}})").empty());
    CHECK(check(R"({"data":{"a/b":"x"}})") == Causes{"FieldValueInvalid data[a/b]"});
    CHECK(
        check(R"({"data":{"a":"x"},"binaryData":{"a":"eA=="}})") ==
        Causes{"FieldValueInvalid data[a]"});
    CHECK(
        check(R"({"data":{"a":")" + std::string(1024 * 1024 + 1, 'x') + R"("}})") ==
        Causes{"FieldValueTooLong data"});
}

TEST_CASE("ConfigMap and Secret: what is immutable stays so", "[kinds]") {
    const auto kind = GENERATE(as<std::string>(), "ConfigMap", "Secret");
    const auto old =
        create(object_of("v1", kind, R"({"immutable":true,"data":{"a":"eA=="}})")).object;
    CHECK(update(patched(old, R"({"metadata":{"labels":{"a":"b"}}})"), old).errors.empty());
    CHECK(
        causes(update(patched(old, R"({"data":{"a":"eQ=="}})"), old).errors) ==
        Causes{"FieldValueForbidden data"});
    CHECK(
        causes(update(patched(old, R"({"immutable":false})"), old).errors) ==
        Causes{"FieldValueForbidden immutable"});
}

TEST_CASE("ControllerRevision: the number may change, the data may not", "[kinds]") {
    const auto old =
        create(object_of("apps/v1", "ControllerRevision", R"({"revision":1,"data":{"a":1}})"))
            .object;
    CHECK(update(patched(old, R"({"revision":2})"), old).errors.empty());
    CHECK(
        causes(update(patched(old, R"({"data":{"a":2}})"), old).errors) ==
        Causes{"FieldValueInvalid data"});
    CHECK(
        causes(update(patched(old, R"({"revision":-1})"), old).errors) ==
        Causes{"FieldValueInvalid revision"});
}

TEST_CASE("Node: taints are unique by key and effect", "[kinds]") {
    const auto check = [](const std::string& taints) {
        return causes(
            create(object_of("v1", "Node", R"({"spec":{"taints":)" + taints + "}}")).errors);
    };
    CHECK(check(R"([{"key":"a","effect":"NoSchedule"},{"key":"a","effect":"NoExecute"}])").empty());
    CHECK(check(R"([{"key":"a"}])") == Causes{"FieldValueRequired spec.taints[0].effect"});
    CHECK(
        check(R"([{"key":"a b","effect":"NoSchedule"}])") ==
        Causes{"FieldValueInvalid spec.taints[0].key"});
    CHECK(
        check(
            R"([{"key":"a","effect":"NoSchedule","value":"1"},{"key":"a","effect":"NoSchedule","value":"2"}])") ==
        Causes{"FieldValueDuplicate spec.taints[1]"});
}

TEST_CASE("Node: a taint says since when it is there", "[kinds]") {
    const auto tainted = [](const std::string& taints) {
        return object_of("v1", "Node", R"({"spec":{"taints":)" + taints + "}}");
    };
    const auto now = format_time(test_now());
    const auto made =
        create(tainted(R"([{"key":"a","effect":"NoExecute"},{"key":"b","effect":"NoSchedule"},)"
                       R"({"key":"c","effect":"NoExecute","timeAdded":"2020-01-01T00:00:00Z"}])"))
            .object;
    CHECK(made["spec"]["taints"][0]["timeAdded"] == now);
    CHECK(made["spec"]["taints"][1]["timeAdded"] == now);
    CHECK(made["spec"]["taints"][2]["timeAdded"] == "2020-01-01T00:00:00Z");
    // Written again without it, as a client does that adds another one, it keeps its time.
    const auto again =
        update(
            patched(
                made,
                R"({"spec":{"taints":[{"key":"c","effect":"NoExecute"},{"key":"d","effect":"NoExecute"}]}})"),
            made)
            .object;
    CHECK(again["spec"]["taints"][0]["timeAdded"] == "2020-01-01T00:00:00Z");
    CHECK(again["spec"]["taints"][1]["timeAdded"] == now);
}

TEST_CASE("Node: registers with its status, later only the subresource changes it", "[kinds]") {
    const auto old =
        create(object_of("v1", "Node", R"({"status":{"capacity":{"cpu":"2"}}})")).object;
    CHECK(old["status"]["capacity"]["cpu"] == "2");
    CHECK(update(patched(old, R"({"status":{"capacity":{"cpu":"9"}}})"), old).object == old);
    CHECK(fields_of(old).at("spec.unschedulable") == "false");
    CHECK(
        fields_of(patched(old, R"({"spec":{"unschedulable":true}})")).at("spec.unschedulable") ==
        "true");
}

TEST_CASE("Namespace: starts Active, wears its name, and keeps its finalizer", "[kinds]") {
    const auto object = create(object_of("v1", "Namespace", "{}")).object;
    CHECK(object["status"]["phase"] == "Active");
    CHECK(object["metadata"]["labels"]["kubernetes.io/metadata.name"] == "x");
    CHECK(object["spec"]["finalizers"] == Json::array({"kubernetes"}));
    CHECK(update(patched(object, R"({"spec":{"finalizers":[]}})"), object).object == object);
    const auto generated =
        create(Json::parse(
                   R"({"apiVersion":"v1","kind":"Namespace","metadata":{"generateName":"team-"}})"))
            .object["metadata"];
    CHECK(generated["labels"]["kubernetes.io/metadata.name"] == generated["name"]);
}

TEST_CASE("Event: lives where its object lives, and is found by it", "[kinds]") {
    const auto event = object_of("v1", "Event", R"({
        "involvedObject":{"kind":"Pod","name":"web","namespace":"default","uid":"u"},
        "reason":"Started","type":"Normal","source":{"component":"agent"}})");
    const auto created = create(event);
    CHECK(created.errors.empty());
    CHECK(fields_of(created.object).at("involvedObject.name") == "web");
    CHECK(fields_of(created.object).at("source") == "agent");
    CHECK(
        causes(create(patched(event, R"({"involvedObject":{"namespace":"other"}})")).errors) ==
        Causes{"FieldValueInvalid involvedObject.namespace"});
    CHECK(create(patched(event, R"({"involvedObject":{"kind":"Node","namespace":null}})"))
              .errors.empty());
}

TEST_CASE("Lease: only a pure renewal need not be durable", "[kinds]") {
    const auto& strategy = strategy_for(*find_resource("coordination.k8s.io/v1", "leases"));
    const auto old =
        create(object_of(
                   "coordination.k8s.io/v1",
                   "Lease",
                   R"({"spec":{"holderIdentity":"n1","renewTime":"2026-01-02T03:04:05.000000Z"}})"))
            .object;
    const auto renewed =
        R"({"spec":{"renewTime":"2026-01-02T03:04:15.000000Z"},"metadata":{"resourceVersion":"9"}})";
    CHECK(strategy.volatile_update(patched(old, renewed), old));
    CHECK(strategy.volatile_update(
        patched(old, R"({"spec":{"acquireTime":"2026-01-02T03:04:15.000000Z"}})"), old));
    CHECK_FALSE(strategy.volatile_update(patched(old, R"({"spec":{"holderIdentity":"n2"}})"), old));
    CHECK_FALSE(strategy.volatile_update(patched(old, R"({"spec":{"holderIdentity":null}})"), old));
    CHECK_FALSE(strategy.volatile_update(patched(old, R"({"spec":null})"), old));
    CHECK_FALSE(
        strategy.volatile_update(patched(old, R"({"metadata":{"labels":{"a":"b"}}})"), old));
    CHECK(
        causes(update(patched(old, R"({"spec":{"leaseDurationSeconds":0}})"), old).errors) ==
        Causes{"FieldValueInvalid spec.leaseDurationSeconds"});
}

TEST_CASE("Token: must end in the future", "[kinds]") {
    const auto token =
        object_of("picket.dev/v1", "Token", R"({"spec":{"user":"ann","groups":["ops"]}})");
    CHECK(create(token).errors.empty());
    CHECK(
        causes(create(patched(token, R"({"spec":{"expirationTime":"2026-01-02T03:04:05Z"}})"))
                   .errors) == Causes{"FieldValueInvalid spec.expirationTime"});
}

TEST_CASE("every kind has a strategy and its attributes", "[kinds]") {
    for (const auto& resource : all_resources()) {
        CAPTURE(resource.kind);
        CHECK(attributes_of(resource, Json::object()).labels.empty());
    }
}

}  // namespace
}  // namespace picket::registry
