#include "apiserver/auth/rbac/role_table.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::apiserver;

namespace {

PolicyRules rules(const std::string& text) {
    return parse_policy_rules({{"rules", Json::parse(text)}});
}

AccessRequest on(
    std::string verb,
    std::string group,
    std::string resource,
    std::string namespace_name = {},
    std::string name = {}) {
    AccessRequest request;
    request.resource_request = true;
    request.verb = std::move(verb);
    request.group = std::move(group);
    const auto slash = resource.find('/');
    request.resource = resource.substr(0, slash);
    if (slash != std::string::npos) request.subresource = resource.substr(slash + 1);
    request.namespace_name = std::move(namespace_name);
    request.name = std::move(name);
    return request;
}

AccessRequest at_path(std::string path, std::string verb = "get") {
    AccessRequest request;
    request.verb = std::move(verb);
    request.path = std::move(path);
    return request;
}

class Roles {
public:
    Roles& role(const std::string& object) {
        roles_.push_back(std::make_shared<const RoleView>(parse_role(Json::parse(object))));
        return *this;
    }
    Roles& binding(const std::string& object) {
        bindings_.push_back(
            std::make_shared<const BindingView>(parse_binding(Json::parse(object))));
        return *this;
    }
    [[nodiscard]] RoleTable table() const { return {roles_, bindings_}; }

private:
    std::vector<std::shared_ptr<const RoleView>> roles_;
    std::vector<std::shared_ptr<const BindingView>> bindings_;
};

Roles readers() {
    return Roles()
        .role(
            R"({"metadata":{"namespace":"a","name":"reader"},"rules":[{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}]})")
        .role(
            R"({"metadata":{"name":"reader"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["nodes","pods"]},{"verbs":["get"],"nonResourceURLs":["/metrics"]}]})");
}

User account() {
    return {
        "system:serviceaccount:a:shipper", {"system:serviceaccounts", "system:serviceaccounts:a"}};
}

}  // namespace

TEST_CASE("RBAC rules: what one rule allows", "[rbac]") {
    struct Row {
        const char* name;
        const char* rules;
        AccessRequest request;
        bool allowed;
    };
    const auto row = GENERATE(values<Row>({
        {"verb and resource",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])",
         on("get", "", "pods", "a", "x"),
         true},
        {"another verb",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])",
         on("list", "", "pods", "a"),
         false},
        {"another group",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])",
         on("get", "apps", "pods", "a"),
         false},
        {"everything",
         R"([{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}])",
         on("delete", "apps", "daemonsets/status", "a"),
         true},
        {"a resource is not its subresources",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])",
         on("get", "", "pods/log", "a", "x"),
         false},
        {"a subresource",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods/log"]}])",
         on("get", "", "pods/log", "a", "x"),
         true},
        {"a subresource is not its resource",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods/log"]}])",
         on("get", "", "pods", "a", "x"),
         false},
        {"one subresource of everything",
         R"([{"verbs":["get"],"apiGroups":["*"],"resources":["*/status"]}])",
         on("get", "apps", "daemonsets/status", "a", "x"),
         true},
        {"and no other",
         R"([{"verbs":["get"],"apiGroups":["*"],"resources":["*/status"]}])",
         on("get", "", "pods/log", "a", "x"),
         false},
        {"a name",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["mine"]}])",
         on("get", "", "secrets", "a", "mine"),
         true},
        {"another name",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["mine"]}])",
         on("get", "", "secrets", "a", "yours"),
         false},
        {"a list under names",
         R"([{"verbs":["list"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["mine"]}])",
         on("list", "", "secrets", "a"),
         false},
        {"a path",
         R"([{"verbs":["get"],"nonResourceURLs":["/metrics"]}])",
         at_path("/metrics"),
         true},
        {"below a path",
         R"([{"verbs":["get"],"nonResourceURLs":["/openapi/*"]}])",
         at_path("/openapi/v3/apis"),
         true},
        {"another path",
         R"([{"verbs":["get"],"nonResourceURLs":["/openapi/*"]}])",
         at_path("/metrics"),
         false},
        {"all resources are no path",
         R"([{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}])",
         at_path("/metrics"),
         false},
        {"all paths are no resource",
         R"([{"verbs":["*"],"nonResourceURLs":["*"]}])",
         on("get", "", "pods", "a"),
         false},
    }));
    CAPTURE(row.name);
    CHECK(rule_allows(rules(row.rules).front(), row.request) == row.allowed);
}

TEST_CASE("RBAC rules: a watch of one name is about that name", "[rbac]") {
    auto request = on("watch", "", "configmaps", "a");
    request.field_selector = *parse_field_selector("metadata.name=mine");
    const auto mine = rules(
        R"([{"verbs":["watch"],"apiGroups":[""],"resources":["configmaps"],"resourceNames":["mine"]}])");
    CHECK(rule_allows(mine.front(), request));
    request.field_selector = *parse_field_selector("metadata.name!=mine");
    CHECK_FALSE(rule_allows(mine.front(), request));
}

TEST_CASE("RBAC bindings: where and to whom a role is given", "[rbac]") {
    struct Row {
        const char* name;
        const char* binding;
        AccessRequest request;
        bool allowed;
    };
    const auto row = GENERATE(values<Row>({
        {"a role in its namespace",
         R"({"metadata":{"namespace":"a"},"roleRef":{"kind":"Role","name":"reader"},"subjects":[{"kind":"ServiceAccount","namespace":"a","name":"shipper"}]})",
         on("list", "", "pods", "a"),
         true},
        {"not elsewhere",
         R"({"metadata":{"namespace":"a"},"roleRef":{"kind":"Role","name":"reader"},"subjects":[{"kind":"ServiceAccount","namespace":"a","name":"shipper"}]})",
         on("list", "", "pods", "b"),
         false},
        {"nor across all",
         R"({"metadata":{"namespace":"a"},"roleRef":{"kind":"Role","name":"reader"},"subjects":[{"kind":"ServiceAccount","namespace":"a","name":"shipper"}]})",
         on("list", "", "pods"),
         false},
        {"an account of another namespace",
         R"({"metadata":{"namespace":"a"},"roleRef":{"kind":"Role","name":"reader"},"subjects":[{"kind":"ServiceAccount","namespace":"b","name":"shipper"}]})",
         on("list", "", "pods", "a"),
         false},
        {"a cluster role in one namespace",
         R"({"metadata":{"namespace":"a"},"roleRef":{"kind":"ClusterRole","name":"reader"},"subjects":[{"kind":"Group","name":"system:serviceaccounts:a"}]})",
         on("get", "", "pods", "a", "x"),
         true},
        {"gives nothing cluster-wide",
         R"({"metadata":{"namespace":"a"},"roleRef":{"kind":"ClusterRole","name":"reader"},"subjects":[{"kind":"Group","name":"system:serviceaccounts:a"}]})",
         on("get", "", "nodes", "", "n"),
         false},
        {"a cluster role everywhere",
         R"({"metadata":{},"roleRef":{"kind":"ClusterRole","name":"reader"},"subjects":[{"kind":"User","name":"system:serviceaccount:a:shipper"}]})",
         on("get", "", "nodes", "", "n"),
         true},
        {"its paths",
         R"({"metadata":{},"roleRef":{"kind":"ClusterRole","name":"reader"},"subjects":[{"kind":"Group","name":"system:serviceaccounts"}]})",
         at_path("/metrics"),
         true},
        {"a role that is not there",
         R"({"metadata":{},"roleRef":{"kind":"ClusterRole","name":"nobody"},"subjects":[{"kind":"Group","name":"system:serviceaccounts"}]})",
         on("get", "", "pods", "a"),
         false},
        {"somebody else",
         R"({"metadata":{},"roleRef":{"kind":"ClusterRole","name":"reader"},"subjects":[{"kind":"User","name":"ann"},{"kind":"Group","name":"system:serviceaccount:a:shipper"}]})",
         on("get", "", "pods", "a"),
         false},
    }));
    CAPTURE(row.name);
    CHECK(readers().binding(row.binding).table().allows(account(), row.request) == row.allowed);
}

TEST_CASE("RBAC aggregation: cluster roles join by their labels, circles included", "[rbac]") {
    const auto table =
        Roles()
            .role(
                R"({"metadata":{"name":"all","labels":{"to":"pods"}},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"to":"all"}}]}})")
            .role(
                R"({"metadata":{"name":"pods","labels":{"to":"all"}},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}],"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"to":"pods"}}]}})")
            .role(
                R"({"metadata":{"name":"other"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}]})")
            .binding(
                R"({"metadata":{},"roleRef":{"kind":"ClusterRole","name":"all"},"subjects":[{"kind":"User","name":"ann"}]})")
            .table();
    CHECK(table.allows({"ann", {}}, on("get", "", "pods", "a")));
    CHECK_FALSE(table.allows({"ann", {}}, on("get", "", "secrets", "a")));
    CHECK(table.rules_of_role("", "all").size() == 1);
}

TEST_CASE("RBAC escalation: only rights that one has can be given away", "[rbac]") {
    struct Row {
        const char* name;
        const char* held;
        const char* wanted;
        const char* missing;
    };
    const auto row = GENERATE(values<Row>({
        {"the same",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])",
         ""},
        {"joined from two rules",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]},{"verbs":["list"],"apiGroups":[""],"resources":["pods"]}])",
         R"([{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}])",
         ""},
        {"one verb more",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])",
         R"([{"verbs":["get","delete"],"apiGroups":[""],"resources":["pods"]}])",
         "delete on pods"},
        {"all verbs are more than some",
         R"([{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}])",
         R"([{"verbs":["*"],"apiGroups":[""],"resources":["pods"]}])",
         "* on pods"},
        {"a name of all names",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"],"resourceNames":["x"]}])",
         ""},
        {"all names are more than one",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"],"resourceNames":["x"]}])",
         R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])",
         "get on pods"},
        {"a path below a path",
         R"([{"verbs":["get"],"nonResourceURLs":["/openapi/*"]}])",
         R"([{"verbs":["get"],"nonResourceURLs":["/openapi/v3/*"]}])",
         ""},
        {"another path",
         R"([{"verbs":["get"],"nonResourceURLs":["/openapi/*"]}])",
         R"([{"verbs":["get"],"nonResourceURLs":["/metrics"]}])",
         "get on path /metrics"},
        {"nothing held",
         "[]",
         R"([{"verbs":["get"],"apiGroups":["apps"],"resources":["daemonsets"],"resourceNames":["x"]}])",
         "get on daemonsets.apps \"x\""},
    }));
    CAPTURE(row.name);
    CHECK(first_uncovered(rules(row.held), rules(row.wanted)) == row.missing);
}
