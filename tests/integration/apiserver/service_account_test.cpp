#include "running_server.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::testing;

namespace {

Target tokens_of(std::string account) {
    return {"v1", "serviceaccounts", "default", std::move(account), "token"};
}
Target some(std::string plural, std::string name = {}) {
    return {"v1", std::move(plural), "default", std::move(name)};
}
Target rbac(std::string plural, std::string name = {}) {
    return {"rbac.authorization.k8s.io/v1", std::move(plural), "default", std::move(name)};
}

Json a_pod(const std::string& name, const std::string& node, const std::string& account) {
    return {
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata", {{"name", name}}},
        {"spec",
         {{"nodeName", node},
          {"serviceAccountName", account},
          {"containers", {{{"name", "main"}, {"image", "busybox"}}}}}}};
}

Json an_account(const std::string& name) {
    return {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", name}}}};
}

Json bound_to(const Json& pod) {
    return {
        {"spec",
         {{"boundObjectRef",
           {{"kind", "Pod"},
            {"apiVersion", "v1"},
            {"name", pod.at("metadata").at("name")},
            {"uid", pod.at("metadata").at("uid")}}}}}};
}

std::string token_in(const Json& request) {
    return request.at("status").at("token").get<std::string>();
}

Json review_of(const std::string& token) {
    return {{"spec", {{"token", token}}}};
}

Target token_reviews() {
    return {"authentication.k8s.io/v1", "tokenreviews"};
}

void let_read_pods(RunningServer& server, client::ApiClient& admin, const std::string& account) {
    server.ok(admin.create(
        rbac("roles"),
        Json::parse(
            R"({"metadata":{"name":"r"},"rules":[{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}]})")));
    Json binding = Json::parse(
        R"({"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"ServiceAccount","namespace":"default"}]})");
    binding["subjects"][0]["name"] = account;
    server.ok(admin.create(rbac("rolebindings"), std::move(binding)));
}

}  // namespace

TEST_CASE("Service accounts: a token may what roles allow its account", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    server.ok(admin->create(some("serviceaccounts"), an_account("shipper")));
    const auto token = token_in(server.ok(admin->create(tokens_of("shipper"), Json::object())));
    const auto shipper = server.connect(token);

    CHECK(server.error(shipper->list(some("pods"))).reason == Reason::Forbidden);
    let_read_pods(server, *admin, "shipper");
    CHECK(server.ok(shipper->list(some("pods")))["items"].empty());
    CHECK(server.error(shipper->list({"v1", "pods"})).reason == Reason::Forbidden);
    CHECK(server.error(shipper->list(some("secrets"))).reason == Reason::Forbidden);
    CHECK(
        server.error(shipper->create(some("configmaps"), a_config_map("x"))).reason ==
        Reason::Forbidden);

    server.ok(admin->remove(rbac("rolebindings", "b"), nullptr));
    CHECK(server.error(shipper->list(some("pods"))).reason == Reason::Forbidden);
}

TEST_CASE("Service accounts: a role has the rules of all roles that it selects", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    const auto create = [&](const char* plural, const char* object) {
        server.ok(
            admin->create({"rbac.authorization.k8s.io/v1", plural, "", ""}, Json::parse(object)));
    };
    server.ok(admin->create(some("serviceaccounts"), an_account("shipper")));
    create(
        "clusterroles",
        R"({"metadata":{"name":"all"},"rules":[],
            "aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"for":"shipper"}}]}})");
    create(
        "clusterrolebindings",
        R"({"metadata":{"name":"all"},"roleRef":{"kind":"ClusterRole","name":"all"},
            "subjects":[{"kind":"ServiceAccount","namespace":"default","name":"shipper"}]})");
    const auto token = token_in(server.ok(admin->create(tokens_of("shipper"), Json::object())));
    const auto shipper = server.connect(token);
    CHECK(server.error(shipper->list({"v1", "pods"})).reason == Reason::Forbidden);

    create(
        "clusterroles",
        R"({"metadata":{"name":"pods","labels":{"for":"shipper"}},
            "rules":[{"verbs":["list"],"apiGroups":[""],"resources":["pods"]}]})");
    server.ok(shipper->list({"v1", "pods"}));
    CHECK(server.error(shipper->list({"v1", "nodes"})).reason == Reason::Forbidden);
    server.ok(admin->remove({"rbac.authorization.k8s.io/v1", "clusterroles", "", "pods"}, nullptr));
    CHECK(server.error(shipper->list({"v1", "pods"})).reason == Reason::Forbidden);
}

TEST_CASE(
    "Service accounts: a token ends with its account, and survives a restart", "[apiserver]") {
    RunningServer server;
    std::string token;
    {
        const auto admin = server.connect();
        server.ok(admin->create(some("serviceaccounts"), an_account("shipper")));
        let_read_pods(server, *admin, "shipper");
        token = token_in(server.ok(admin->create(tokens_of("shipper"), Json::object())));
    }
    server.restart();
    const auto admin = server.connect();
    const auto shipper = server.connect(token);
    server.ok(shipper->list(some("pods")));
    server.ok(admin->remove(some("serviceaccounts", "shipper"), nullptr));
    CHECK(server.error(shipper->list(some("pods"))).reason == Reason::Unauthorized);
    server.ok(admin->create(some("serviceaccounts"), an_account("shipper")));
    CHECK(server.error(shipper->list(some("pods"))).reason == Reason::Unauthorized);
}

TEST_CASE("Service accounts: a token bound to a pod ends with it", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    server.ok(admin->create(some("serviceaccounts"), an_account("shipper")));
    let_read_pods(server, *admin, "shipper");
    const auto pod = server.ok(admin->create(some("pods"), a_pod("p", "n1", "shipper")));
    const auto request = server.ok(admin->create(tokens_of("shipper"), bound_to(pod)));
    const auto shipper = server.connect(token_in(request));
    server.ok(shipper->list(some("pods")));

    const auto status =
        server.ok(admin->create(token_reviews(), review_of(token_in(request))))["status"];
    CHECK(status["authenticated"] == true);
    CHECK(status["user"]["username"] == "system:serviceaccount:default:shipper");
    CHECK(status["user"]["extra"]["authentication.kubernetes.io/pod-name"] == Json::array({"p"}));

    const Target self_reviews{"authentication.k8s.io/v1", "selfsubjectreviews"};
    const auto self = server.ok(shipper->create(self_reviews, Json::object()));
    CHECK(self["status"]["userInfo"] == status["user"]);
    CHECK(!self["status"]["userInfo"]["uid"].get<std::string>().empty());

    server.ok(admin->remove(some("pods", "p"), Json{{"gracePeriodSeconds", 0}}));
    CHECK(server.error(shipper->list(some("pods"))).reason == Reason::Unauthorized);
    const auto later =
        server.ok(admin->create(token_reviews(), review_of(token_in(request))))["status"];
    CHECK(later["authenticated"] == false);
}

TEST_CASE("Service accounts: what a token request is refused for", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    server.ok(admin->create(some("serviceaccounts"), an_account("shipper")));
    const auto pod = server.ok(admin->create(some("pods"), a_pod("p", "n1", "default")));
    const auto refused = [&](const std::string& account, Json body) {
        return server.error(admin->create(tokens_of(account), std::move(body))).reason;
    };
    CHECK(refused("nobody", Json::object()) == Reason::NotFound);
    CHECK(refused("shipper", {{"spec", {{"expirationSeconds", 10}}}}) == Reason::Invalid);
    CHECK(refused("shipper", bound_to(pod)) == Reason::BadRequest);
    auto other = bound_to(pod);
    other["spec"]["boundObjectRef"]["uid"] = "another";
    CHECK(refused("default", other) == Reason::Conflict);
    other["spec"]["boundObjectRef"] = {{"kind", "Node"}, {"name", "n1"}};
    CHECK(refused("default", other) == Reason::Invalid);
}

TEST_CASE("Service accounts: a token for others is none for this server", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    const auto token = token_in(
        server.ok(admin->create(tokens_of("default"), {{"spec", {{"audiences", {"vault"}}}}})));
    CHECK(server.error(server.connect(token)->list(some("pods"))).reason == Reason::Unauthorized);
    auto review = review_of(token);
    review["spec"]["audiences"] = {"vault", "spire"};
    const auto status = server.ok(admin->create(token_reviews(), std::move(review)))["status"];
    CHECK(status["audiences"] == Json::array({"vault"}));
}

TEST_CASE("Service accounts: a node gets tokens for the pods on it alone", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    const auto credential = server.ok(admin->create(
        {"picket.dev/v1", "nodecredentials"}, {{"nodeName", "n1"}, {"agentId", "a1"}}));
    const auto node = server.connect(credential.at("token"));
    server.ok(admin->create(some("serviceaccounts"), an_account("shipper")));
    const auto mine = server.ok(admin->create(some("pods"), a_pod("mine", "n1", "shipper")));
    const auto other = server.ok(admin->create(some("pods"), a_pod("other", "n2", "shipper")));

    server.ok(node->create(tokens_of("shipper"), bound_to(mine)));
    CHECK(
        server.error(node->create(tokens_of("shipper"), bound_to(other))).reason ==
        Reason::Forbidden);
    CHECK(
        server.error(node->create(tokens_of("shipper"), Json::object())).reason ==
        Reason::Forbidden);
    CHECK(
        server.error(node->create(tokens_of("default"), Json::object())).reason ==
        Reason::Forbidden);
}

TEST_CASE("Service accounts: what a pod is given", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    auto account = an_account("quiet");
    account["automountServiceAccountToken"] = false;
    account["imagePullSecrets"] = Json::array({{{"name", "registry"}}});
    server.ok(admin->create(some("serviceaccounts"), account));

    auto plain = a_pod("plain", "n1", "");
    plain["spec"].erase("serviceAccountName");
    const auto given = server.ok(admin->create(some("pods"), plain))["spec"];
    CHECK(given["serviceAccountName"] == "default");
    const auto& mount = given["containers"][0]["volumeMounts"][0];
    CHECK(mount["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount");
    CHECK(mount["name"] == given["volumes"][0]["name"]);
    CHECK(given["volumes"][0]["projected"]["sources"].size() == 3);

    const auto quiet =
        server.ok(admin->create(some("pods"), a_pod("quiet", "n1", "quiet")))["spec"];
    CHECK_FALSE(quiet.contains("volumes"));
    CHECK(quiet["imagePullSecrets"][0]["name"] == "registry");

    auto wanted = a_pod("wanted", "n1", "quiet");
    wanted["spec"]["automountServiceAccountToken"] = true;
    CHECK(server.ok(admin->create(some("pods"), wanted))["spec"].contains("volumes"));

    const auto missing = server.ok(admin->create(some("pods"), a_pod("m", "n1", "nobody")))["spec"];
    CHECK_FALSE(missing.contains("volumes"));
}
