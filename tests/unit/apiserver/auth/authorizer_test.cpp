#include "apiserver/auth/authorizer.hpp"

#include "apiserver/auth/user_rules.hpp"
#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace picket;
using namespace picket::apiserver;

namespace {

User admin() {
    return {"admin", {"system:masters", "system:authenticated"}};
}
User controller() {
    return {"system:controller", {"system:authenticated"}};
}
User joiner() {
    return {"system:join", {"picket:join", "system:authenticated"}};
}
User node(const std::string& name) {
    return {"system:node:" + name, {"system:nodes", "system:authenticated"}};
}
User anonymous() {
    return {"system:anonymous", {"system:unauthenticated"}};
}
User somebody() {
    return {"ann", {"system:authenticated"}};
}

/// Pod default/p1 runs on n1 and refers to configmap default/c1.
class FakeFacts final : public NodeFacts {
public:
    [[nodiscard]] bool pod_is_on_node(
        const std::string& namespace_name,
        const std::string& pod,
        const std::string& on) const override {
        // Like the store's: a pod that is not there is nobody's.
        if (namespace_name != "default" || (pod != "p1" && pod != "p2")) return true;
        return pod == "p1" && on == "n1";
    }
    [[nodiscard]] bool node_needs(
        const std::string& on,
        const std::string& resource,
        const std::string& namespace_name,
        const std::string& name) const override {
        return on == "n1" && resource == "configmaps" && namespace_name == "default" &&
               name == "c1";
    }
    [[nodiscard]] bool role_allows(const User& user, const AccessRequest& request) const override {
        return user.name == "bob" && request.verb == "get" && request.resource == "pods";
    }
};

AccessRequest path(std::string text, std::string verb = "get") {
    AccessRequest request;
    request.verb = std::move(verb);
    request.path = std::move(text);
    return request;
}

struct Target {
    std::string group;
    std::string resource;
    std::string namespace_name = {};
    std::string name = {};
    std::string subresource = {};
    std::string selector = {};
};

AccessRequest to(std::string verb, Target target) {
    AccessRequest request;
    request.resource_request = true;
    request.verb = std::move(verb);
    request.group = std::move(target.group);
    request.resource = std::move(target.resource);
    request.namespace_name = std::move(target.namespace_name);
    request.name = std::move(target.name);
    request.subresource = std::move(target.subresource);
    request.field_selector = *parse_field_selector(target.selector);
    return request;
}

bool may(const User& user, const AccessRequest& request) {
    return authorize(user, request, FakeFacts()).has_value();
}

const std::string kLeases = "coordination.k8s.io";

}  // namespace

TEST_CASE("Authorizer: anonymous users see health and version, nothing else", "[authorizer]") {
    for (const auto* text : {"/livez", "/readyz", "/healthz", "/version"}) {
        CHECK(may(anonymous(), path(text)));
    }
    for (const auto* text : {"/api", "/apis", "/openapi/v3", "/metrics", "/"}) {
        const auto denied = authorize(anonymous(), path(text), FakeFacts());
        REQUIRE_FALSE(denied);
        CHECK(denied.error().reason == Reason::Unauthorized);
    }
    CHECK_FALSE(may(anonymous(), path("/livez", "post")));
    CHECK_FALSE(may(anonymous(), to("list", {"", "pods"})));
}

TEST_CASE("Authorizer: masters may do everything", "[authorizer]") {
    CHECK(may(admin(), to("delete", {"", "secrets", "kube-system", "x"})));
    CHECK(may(admin(), to("create", {"picket.dev", "tokens"})));
    CHECK(may(admin(), path("/metrics")));
}

TEST_CASE("Authorizer: the controller works on all kinds but credentials", "[authorizer]") {
    CHECK(may(controller(), to("create", {"", "pods", "default"})));
    CHECK(may(controller(), to("update", {"", "namespaces", "", "x", "finalize"})));
    CHECK_FALSE(may(controller(), to("list", {"picket.dev", "tokens"})));
    CHECK_FALSE(may(controller(), to("create", {"picket.dev", "nodecredentials"})));
}

TEST_CASE("Authorizer: a join token registers a node and does nothing else", "[authorizer]") {
    CHECK(may(joiner(), to("create", {"picket.dev", "nodecredentials"})));
    CHECK(may(joiner(), path("/version")));
    CHECK_FALSE(may(joiner(), path("/api")));
    CHECK_FALSE(may(joiner(), to("create", {"", "nodes"})));
    CHECK_FALSE(may(joiner(), to("get", {"", "pods", "default", "p1"})));
    CHECK_FALSE(may(joiner(), to("create", {"picket.dev", "tokens"})));
}

TEST_CASE("Authorizer: a token without a role sees only what is served", "[authorizer]") {
    CHECK(may(somebody(), path("/apis")));
    CHECK(may(somebody(), path("/openapi/v2")));
    CHECK_FALSE(may(somebody(), path("/metrics")));
    CHECK_FALSE(may(somebody(), to("list", {"", "pods"})));
}

TEST_CASE("Authorizer: a role allows what the user's groups do not", "[authorizer]") {
    const User bob{"bob", {"system:authenticated"}};
    CHECK(may(bob, to("get", {"", "pods", "default", "p1"})));
    CHECK_FALSE(may(bob, to("delete", {"", "pods", "default", "p1"})));
    const User joining{"bob", {"picket:join"}};
    CHECK_FALSE(may(joining, to("get", {"", "pods", "default", "p1"})));
}

TEST_CASE("Authorizer: what a node may do, and what not", "[authorizer]") {
    struct Row {
        const char* name;
        bool allowed;
        AccessRequest request;
    };
    const auto row = GENERATE(
        Row{"own Node", true, to("get", {"", "nodes", "", "n1"})},
        Row{"own Node status", true, to("patch", {"", "nodes", "", "n1", "status"})},
        Row{"watch own Node", true, to("watch", {"", "nodes", "", "", "", "metadata.name=n1"})},
        Row{"create a Node (body is checked)", true, to("create", {"", "nodes"})},
        Row{"other Node", false, to("get", {"", "nodes", "", "n2"})},
        Row{"all Nodes", false, to("list", {"", "nodes"})},
        Row{"all Nodes but one", false, to("list", {"", "nodes", "", "", "", "metadata.name!=n1"})},
        Row{"delete all Nodes", false, to("deletecollection", {"", "nodes"})},
        Row{"own Lease", true, to("update", {kLeases, "leases", "kube-node-lease", "n1"})},
        Row{"other Lease", false, to("update", {kLeases, "leases", "kube-node-lease", "n2"})},
        Row{"Lease elsewhere", false, to("update", {kLeases, "leases", "default", "n1"})},
        Row{"watch own pods", true, to("watch", {"", "pods", "", "", "", "spec.nodeName=n1"})},
        Row{"watch others' pods", false, to("watch", {"", "pods", "", "", "", "spec.nodeName=n2"})},
        Row{"watch all but own", false, to("watch", {"", "pods", "", "", "", "spec.nodeName!=n1"})},
        Row{"list all pods", false, to("list", {"", "pods"})},
        Row{"get own pod", true, to("get", {"", "pods", "default", "p1"})},
        Row{"get no pod by name", false, to("get", {"", "pods", "default"})},
        Row{"delete no pod by name", false, to("delete", {"", "pods", "default"})},
        Row{"own pod's status", true, to("patch", {"", "pods", "default", "p1", "status"})},
        Row{"delete own pod", true, to("delete", {"", "pods", "default", "p1"})},
        Row{"change own pod", false, to("patch", {"", "pods", "default", "p1"})},
        Row{"bind own pod", false, to("create", {"", "pods", "default", "p1", "binding"})},
        Row{"read own pod's log", true, to("get", {"", "pods", "default", "p1", "log"})},
        Row{"other pod", false, to("get", {"", "pods", "default", "p2"})},
        Row{"delete all pods", false, to("deletecollection", {"", "pods", "default"})},
        Row{"needed configmap", true, to("get", {"", "configmaps", "default", "c1"})},
        Row{"watch needed configmap",
            true,
            to("watch", {"", "configmaps", "default", "", "", "metadata.name=c1"})},
        Row{"other configmap", false, to("get", {"", "configmaps", "default", "c2"})},
        Row{"all configmaps", false, to("list", {"", "configmaps", "default"})},
        Row{"configmap without namespace",
            false,
            to("list", {"", "configmaps", "", "", "", "metadata.name=c1"})},
        Row{"write needed configmap", false, to("update", {"", "configmaps", "default", "c1"})},
        Row{"secret nobody needs", false, to("get", {"", "secrets", "default", "c1"})},
        Row{"record an event", true, to("create", {"", "events", "default"})},
        Row{"count an event", true, to("patch", {"", "events", "default", "e"})},
        Row{"read events", false, to("list", {"", "events", "default"})},
        Row{"own tunnel", true, to("get", {"picket.dev", "nodes", "", "n1", "tunnel"})},
        Row{"other tunnel", false, to("get", {"picket.dev", "nodes", "", "n2", "tunnel"})},
        Row{"daemonsets", false, to("list", {"apps", "daemonsets"})},
        Row{"tokens", false, to("list", {"picket.dev", "tokens"})},
        Row{"metrics", false, path("/metrics")},
        Row{"discovery", true, path("/apis")});
    CAPTURE(row.name);
    CHECK(may(node("n1"), row.request) == row.allowed);
}

TEST_CASE("Authorizer: a node's body must speak of itself", "[authorizer]") {
    const auto create_pod = to("create", {"", "pods", "default"});
    CHECK(authorize_created_object(node("n1"), create_pod, {{"spec", {{"nodeName", "n1"}}}}));
    CHECK_FALSE(authorize_created_object(node("n1"), create_pod, {{"spec", {{"nodeName", "n2"}}}}));
    CHECK_FALSE(authorize_created_object(node("n1"), create_pod, Json::object()));
    const auto create_node = to("create", {"", "nodes"});
    CHECK(authorize_created_object(node("n1"), create_node, {{"metadata", {{"name", "n1"}}}}));
    CHECK_FALSE(
        authorize_created_object(node("n1"), create_node, {{"metadata", {{"name", "n2"}}}}));
    CHECK(authorize_created_object(admin(), create_node, {{"metadata", {{"name", "n2"}}}}));
}

TEST_CASE("Authorizer: the refusal says who wanted what", "[authorizer]") {
    const auto denied =
        authorize(node("n1"), to("list", {"apps", "daemonsets", "default"}), FakeFacts());
    REQUIRE_FALSE(denied);
    CHECK(denied.error().reason == Reason::Forbidden);
    CHECK_THAT(
        denied.error().message,
        Catch::StartsWith(
            "daemonsets.apps is forbidden: User \"system:node:n1\" cannot list resource "
            "\"daemonsets\" in API group \"apps\" in the namespace \"default\""));
}

TEST_CASE("Authorizer: who may ask what one may do", "[auth]") {
    const auto self = to("create", {"authentication.k8s.io", "selfsubjectreviews"});
    const auto access = to("create", {"authorization.k8s.io", "selfsubjectaccessreviews"});
    const auto of_others = to("create", {"authorization.k8s.io", "subjectaccessreviews"});
    for (const auto& user : {admin(), controller(), node("n1"), somebody()}) {
        CAPTURE(user.name);
        CHECK(may(user, self));
        CHECK(may(user, access));
    }
    for (const auto& user : {joiner(), anonymous()}) {
        CAPTURE(user.name);
        CHECK_FALSE(may(user, self));
        CHECK_FALSE(may(user, access));
    }
    CHECK(may(admin(), of_others));
    CHECK_FALSE(may(somebody(), of_others));
    CHECK_FALSE(may(controller(), to("impersonate", {"", "users", "", "admin"})));
}

TEST_CASE("Authorizer: the rules shown to a user are rules it decides by", "[auth]") {
    for (const auto& user : {admin(), controller(), node("n1"), somebody(), joiner()}) {
        CAPTURE(user.name);
        for (const auto& rule : rules_of(user).resources) {
            for (const auto& verb : rule.verbs) {
                const auto& resource = rule.resources.front();
                const auto slash = resource.find('/');
                Target target{rule.groups.front(), resource.substr(0, slash)};
                if (!rule.names.empty()) target.name = rule.names.front();
                if (slash != std::string::npos) target.subresource = resource.substr(slash + 1);
                CAPTURE(verb, resource, target.name);
                CHECK(may(user, to(verb, target)));
            }
        }
    }
}

TEST_CASE("Authorizer: the paths shown to a user are named once", "[auth]") {
    for (const auto& user : {admin(), somebody(), node("n1")}) {
        std::vector<std::string> shown;
        for (const auto& rule : rules_of(user).paths)
            shown.insert(shown.end(), rule.paths.begin(), rule.paths.end());
        CAPTURE(user.name, shown);
        std::ranges::sort(shown);
        CHECK(std::ranges::adjacent_find(shown) == shown.end());
        CHECK((shown.front() != "*" || shown.size() == 1));
    }
}
