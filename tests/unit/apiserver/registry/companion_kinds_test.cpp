#include "apiserver/registry/table.hpp"
#include "common/schema/schema.hpp"
#include "fixtures.hpp"

#include <catch2/catch.hpp>

namespace picket::registry {
namespace {

using namespace test;
using Causes = std::vector<std::string>;

Json companion(const std::string& version, const std::string& kind, const std::string& rest) {
    auto object = Json::parse(rest);
    object["apiVersion"] = version;
    object["kind"] = kind;
    object["metadata"]["name"] = "x";
    if (find_resource_by_kind(version, kind)->namespaced)
        object["metadata"]["namespace"] = "default";
    return object;
}

struct ValidationRow {
    const char* name;
    const char* kind;
    const char* rest;
    Causes expected;
};

TEST_CASE("Roles and bindings: what is refused", "[kinds][rbac]") {
    const auto row = GENERATE(values<ValidationRow>({
        {"resources",
         "Role",
         R"({"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]})",
         {}},
        {"paths in a cluster role",
         "ClusterRole",
         R"({"rules":[{"verbs":["get"],"nonResourceURLs":["/metrics"]}]})",
         {}},
        {"paths in a role",
         "Role",
         R"({"rules":[{"verbs":["get"],"nonResourceURLs":["/metrics"]}]})",
         {"FieldValueInvalid rules[0].nonResourceURLs"}},
        {"paths and resources",
         "ClusterRole",
         R"({"rules":[{"verbs":["get"],"nonResourceURLs":["/x"],"apiGroups":[""],"resources":["pods"]}]})",
         {"FieldValueInvalid rules[0].nonResourceURLs"}},
        {"no verbs",
         "Role",
         R"({"rules":[{"apiGroups":[""],"resources":["pods"]}]})",
         {"FieldValueRequired rules[0].verbs"}},
        {"no groups",
         "Role",
         R"({"rules":[{"verbs":["get"],"resources":["pods"]}]})",
         {"FieldValueRequired rules[0].apiGroups"}},
        {"aggregation without selector",
         "ClusterRole",
         R"({"aggregationRule":{}})",
         {"FieldValueRequired aggregationRule.clusterRoleSelectors"}},
        {"a binding",
         "RoleBinding",
         R"({"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"ann"}]})",
         {}},
        {"a role in a cluster binding",
         "ClusterRoleBinding",
         R"({"roleRef":{"kind":"Role","name":"r"}})",
         {"FieldValueNotSupported roleRef.kind"}},
        {"an account without namespace",
         "RoleBinding",
         R"({"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"ServiceAccount","name":"a"}]})",
         {"FieldValueRequired subjects[0].namespace"}},
        {"an unknown subject",
         "RoleBinding",
         R"({"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"Robot","name":"a"}]})",
         {"FieldValueNotSupported subjects[0].kind"}},
    }));
    CAPTURE(row.name);
    const auto version = GENERATE(
        as<std::string>(), "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1");
    CHECK(causes(create(companion(version, row.kind, row.rest)).errors) == row.expected);
}

TEST_CASE("A binding keeps its role, and fills in groups", "[kinds][rbac]") {
    const auto old =
        create(
            companion(
                "rbac.authorization.k8s.io/v1",
                "RoleBinding",
                R"({"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"Group","name":"g"}]})"))
            .object;
    CHECK(old["roleRef"]["apiGroup"] == "rbac.authorization.k8s.io");
    CHECK(old["subjects"][0]["apiGroup"] == "rbac.authorization.k8s.io");
    CHECK(
        causes(update(patched(old, R"({"roleRef":{"name":"other"}})"), old).errors) ==
        Causes{"FieldValueInvalid roleRef"});
}

TEST_CASE("A role's name only has to fit into a path", "[kinds][rbac]") {
    auto role = companion("rbac.authorization.k8s.io/v1", "ClusterRole", "{}");
    role["metadata"]["name"] = "system:Node";
    CHECK(create(role).errors.empty());
    role["metadata"]["name"] = "a/b";
    CHECK_FALSE(create(role).errors.empty());
}

TEST_CASE("Service: without a proxy it is headless, and ports get their defaults", "[kinds]") {
    const auto service = create(
        companion("v1", "Service", R"({"spec":{"selector":{"a":"b"},"ports":[{"port":80}]}})"));
    CHECK(service.errors.empty());
    CHECK(service.object["spec"]["clusterIP"] == "None");
    CHECK(service.object["spec"]["clusterIPs"] == Json::array({"None"}));
    CHECK(
        service.object["spec"]["ports"][0] ==
        Json::parse(R"({"port":80,"targetPort":80,"protocol":"TCP"})"));
}

TEST_CASE("Service: what is refused", "[kinds]") {
    const auto row = GENERATE(values<ValidationRow>({
        {"two ports need names",
         "Service",
         R"({"spec":{"ports":[{"port":80},{"port":81}]}})",
         {"FieldValueRequired spec.ports[0].name", "FieldValueRequired spec.ports[1].name"}},
        {"a name twice",
         "Service",
         R"({"spec":{"ports":[{"name":"a","port":80},{"name":"a","port":81}]}})",
         {"FieldValueDuplicate spec.ports[1].name"}},
        {"a port beyond the last",
         "Service",
         R"({"spec":{"ports":[{"port":70000,"targetPort":"http"}]}})",
         {"FieldValueInvalid spec.ports[0].port"}},
        {"an address without ports",
         "Service",
         R"({"spec":{"clusterIP":"10.0.0.1"}})",
         {"FieldValueRequired spec.ports"}},
        {"an external name without one",
         "Service",
         R"({"spec":{"type":"ExternalName"}})",
         {"FieldValueRequired spec.externalName"}},
        {"a headless service without ports", "Service", R"({"spec":{"clusterIP":"None"}})", {}},
    }));
    CAPTURE(row.name);
    CHECK(causes(create(companion("v1", row.kind, row.rest)).errors) == row.expected);
}

TEST_CASE("Service: an address nobody answers at is named in a warning", "[kinds]") {
    const auto object =
        create(companion(
                   "v1",
                   "Service",
                   R"({"spec":{"clusterIP":"10.0.0.1","type":"NodePort","ports":[{"port":80}]}})"))
            .object;
    const auto warnings =
        strategy_for(*find_resource("v1", "services")).warnings(object, context("v1"));
    CHECK(warnings.size() == 2);
}

TEST_CASE("PriorityClass: the value stays, and system classes are built in", "[kinds]") {
    const auto version = std::string("scheduling.k8s.io/v1");
    const auto old = create(companion(version, "PriorityClass", R"({"value":5})")).object;
    CHECK(
        causes(update(patched(old, R"({"value":6})"), old).errors) ==
        Causes{"FieldValueForbidden value"});
    auto mine = companion(version, "PriorityClass", R"({"value":2000001000})");
    CHECK(causes(create(mine).errors) == Causes{"FieldValueForbidden value"});
    mine["metadata"]["name"] = "system-node-critical";
    CHECK(create(mine).errors.empty());
    mine["metadata"]["name"] = "system-mine";
    CHECK(causes(create(mine).errors) == Causes{"FieldValueForbidden metadata.name"});
}

TEST_CASE("PodDisruptionBudget: what is refused", "[kinds][disruption]") {
    const auto row = GENERATE(values<ValidationRow>({
        {"a number", "", R"({"minAvailable":2,"selector":{"matchLabels":{"a":"b"}}})", {}},
        {"a share", "", R"({"maxUnavailable":"30%","selector":{}})", {}},
        {"neither", "", R"({"selector":{}})", {}},
        {"both", "", R"({"minAvailable":1,"maxUnavailable":1})", {"FieldValueInvalid spec"}},
        {"negative", "", R"({"minAvailable":-1})", {"FieldValueInvalid spec.minAvailable"}},
        {"more than all",
         "",
         R"({"maxUnavailable":"101%"})",
         {"FieldValueInvalid spec.maxUnavailable"}},
        {"no share", "", R"({"maxUnavailable":"3"})", {"FieldValueInvalid spec.maxUnavailable"}},
        {"a selector's operator",
         "",
         R"({"selector":{"matchExpressions":[{"key":"a","operator":"Near"}]}})",
         {"FieldValueInvalid spec.selector.matchExpressions[0].operator"}},
        {"a policy for broken pods", "", R"({"unhealthyPodEvictionPolicy":"AlwaysAllow"})", {}},
        {"another one",
         "",
         R"({"unhealthyPodEvictionPolicy":"Sometimes"})",
         {"FieldValueNotSupported spec.unhealthyPodEvictionPolicy"}},
    }));
    CAPTURE(row.name);
    const auto version = GENERATE(as<std::string>(), "policy/v1", "policy/v1beta1");
    const auto budget =
        companion(version, "PodDisruptionBudget", R"({"spec":)" + std::string(row.rest) + "}");
    CHECK(causes(create(budget).errors) == row.expected);
}

TEST_CASE("PodDisruptionBudget: its status is the controller's", "[kinds][disruption]") {
    const auto old = create(companion(
                                "policy/v1",
                                "PodDisruptionBudget",
                                R"({"spec":{"minAvailable":1},"status":{"disruptionsAllowed":9}})"))
                         .object;
    CHECK_FALSE(old.contains("status"));
    CHECK(old["metadata"]["generation"] == 1);
    const auto changed =
        update(
            patched(old, R"({"spec":{"minAvailable":2},"status":{"disruptionsAllowed":9}})"), old)
            .object;
    CHECK_FALSE(changed.contains("status"));
    CHECK(changed["metadata"]["generation"] == 2);
}

TEST_CASE("Kinds that are only kept say so", "[kinds]") {
    const auto kept = GENERATE(table<std::string, std::string>({
        {"networking.k8s.io/v1", "NetworkPolicy"},
        {"extensions/v1beta1", "NetworkPolicy"},
        {"policy/v1beta1", "PodSecurityPolicy"},
        {"storage.k8s.io/v1", "CSIDriver"},
        {"v1", "ResourceQuota"},
        {"v1", "LimitRange"},
        {"apiextensions.k8s.io/v1", "CustomResourceDefinition"},
        {"apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"},
        {"v1", "PersistentVolume"},
        {"v1", "PersistentVolumeClaim"},
        {"networking.k8s.io/v1", "Ingress"},
        {"extensions/v1beta1", "Ingress"},
        {"autoscaling/v2", "HorizontalPodAutoscaler"},
        {"apiregistration.k8s.io/v1", "APIService"},
        {"flowcontrol.apiserver.k8s.io/v1", "FlowSchema"},
        {"flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration"},
        {"admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"},
        {"admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBinding"},
    }));
    CAPTURE(std::get<0>(kept), std::get<1>(kept));
    const auto* type = schema::find_kind(std::get<0>(kept), std::get<1>(kept));
    REQUIRE(type != nullptr);
    const auto checked = schema::check(*type, {{"spec", {{"x", 1}}}});
    CHECK(checked.stored_only.size() == 1);
}

TEST_CASE("Webhooks are kept by name, with a warning that none is called", "[kinds]") {
    const auto version = GENERATE(
        as<std::string>(),
        "admissionregistration.k8s.io/v1",
        "admissionregistration.k8s.io/v1beta1");
    const auto kind = GENERATE(
        as<std::string>(), "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration");
    const auto object = companion(
        version,
        kind,
        R"({"webhooks":[{"name":"a.example.com","clientConfig":{"url":"https://x"},"failurePolicy":"Fail"},{"name":"b.example.com"}]})");
    CHECK(create(object).errors.empty());
    const auto* type = schema::find_kind(version, kind);
    REQUIRE(type != nullptr);
    CHECK(schema::check(*type, object).stored_only.size() == 1);
    const auto patch = Json::parse(R"({"webhooks":[{"name":"a.example.com","timeoutSeconds":3}]})");
    const auto merged = schema::strategic_merge(*type, object, patch);
    REQUIRE(merged.has_value());
    CHECK(merged->at("webhooks").size() == 2);
    CHECK(merged->at("webhooks")[0]["timeoutSeconds"] == 3);
    CHECK(merged->at("webhooks")[0]["failurePolicy"] == "Fail");
}

TEST_CASE("tables: the rows of services, their endpoints, and bindings", "[table]") {
    const auto row = [](const char* resource, const char* object) {
        return table_cells(*find_resource_by_name(resource), Json::parse(object), test_now());
    };
    CHECK(
        row("svc",
            R"({"metadata":{"name":"x"},"spec":{"type":"ClusterIP","clusterIP":"None","selector":{"a":"b"},"ports":[{"port":80,"protocol":"TCP"},{"port":443,"nodePort":30443,"protocol":"TCP"}]}})")
            [4] == "80/TCP,443:30443/TCP");
    CHECK(
        row("ep",
            R"({"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"},{"ip":"10.0.0.3"},{"ip":"10.0.0.4"}],"ports":[{"port":80}]}]})")
            [1] == "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...");
    CHECK(
        row("rolebindings",
            R"({"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"ServiceAccount","namespace":"n","name":"a"}]})")
            [1] == "Role/r");
}

}  // namespace
}  // namespace picket::registry
