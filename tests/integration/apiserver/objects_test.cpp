#include "tests/integration/apiserver/running_server.hpp"

using namespace picket;
using namespace picket::testing;

TEST_CASE("API server: an object's life", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();

    const auto created = server.ok(api->create(config_maps(), a_config_map("a")));
    CHECK(created["metadata"]["uid"].get<std::string>().size() == 36);
    CHECK(created["metadata"]["namespace"] == "default");

    CHECK(server.ok(api->get(config_maps("a"))) == created);
    CHECK(
        server.error(api->create(config_maps(), a_config_map("a"))).reason ==
        Reason::AlreadyExists);

    auto changed = created;
    changed["data"]["key"] = "other";
    const auto updated = server.ok(api->update(config_maps("a"), changed));
    CHECK(updated["data"]["key"] == "other");
    CHECK(updated["metadata"]["uid"] == created["metadata"]["uid"]);
    CHECK(updated["metadata"]["resourceVersion"] != created["metadata"]["resourceVersion"]);

    CHECK(server.error(api->update(config_maps("a"), changed)).reason == Reason::Conflict);

    const auto status = server.ok(api->remove(config_maps("a"), nullptr));
    CHECK(status["status"] == "Success");
    CHECK(status["details"]["uid"] == created["metadata"]["uid"]);
    const auto missing = server.error(api->get(config_maps("a")));
    CHECK(missing.reason == Reason::NotFound);
    CHECK(missing.message == "configmaps \"a\" not found");
}

TEST_CASE("API server: a write that changes nothing keeps the version", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    const auto created = server.ok(api->create(config_maps(), a_config_map("a")));
    CHECK(server.ok(api->update(config_maps("a"), created)) == created);
    CHECK(server.ok(api->patch(config_maps("a"), PatchType::Merge, Json::object())) == created);
    const Json same = {{"data", {{"key", "value"}}}};
    CHECK(server.ok(api->patch(config_maps("a"), PatchType::StrategicMerge, same)) == created);
}

TEST_CASE("API server: patches of three kinds", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    server.ok(api->create(daemon_sets(), a_daemon_set("web")));
    const Json strategic = {
        {"spec",
         {{"template",
           {{"spec", {{"containers", {{{"name", "main"}, {"image", "busybox:2"}}}}}}}}}}};
    const auto first =
        server.ok(api->patch(daemon_sets("web"), PatchType::StrategicMerge, strategic));
    CHECK(first["metadata"]["generation"] == 2);
    const Json merge = {{"metadata", {{"labels", {{"tier", "a"}}}}}};
    const auto second = server.ok(api->patch(daemon_sets("web"), PatchType::Merge, merge));
    CHECK(second["metadata"]["generation"] == 2);
    const Json operations = {{{"op", "remove"}, {"path", "/metadata/labels/tier"}}};
    const auto third = server.ok(api->patch(daemon_sets("web"), PatchType::JsonPatch, operations));
    CHECK_FALSE(third["metadata"].value("labels", Json::object()).contains("tier"));
    CHECK(third["spec"]["template"]["spec"]["containers"][0]["image"] == "busybox:2");
}

TEST_CASE("API server: wrong objects are refused with the field's path", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();

    auto unknown = a_daemon_set("web");
    unknown["spec"]["bogus"] = 1;
    const auto strict =
        server.error(api->create(daemon_sets(), unknown, {{"fieldValidation", "Strict"}}));
    CHECK(strict.reason == Reason::BadRequest);
    CHECK_THAT(strict.message, Catch::Contains("unknown field \"spec.bogus\""));

    auto wrong_type = a_daemon_set("web");
    wrong_type["spec"]["minReadySeconds"] = "soon";
    CHECK(server.error(api->create(daemon_sets(), wrong_type)).reason == Reason::BadRequest);

    auto mismatch = a_daemon_set("web");
    mismatch["spec"]["selector"]["matchLabels"] = {{"app", "other"}};
    const auto invalid = server.error(api->create(daemon_sets(), mismatch));
    CHECK(invalid.reason == Reason::Invalid);
    REQUIRE_FALSE(invalid.causes.empty());
    CHECK_THAT(invalid.causes[0].field, Catch::StartsWith("spec."));

    CHECK(server.ok(api->list(daemon_sets()))["items"].empty());
    const auto warned = server.ok(api->create(daemon_sets(), unknown));
    CHECK_FALSE(warned["spec"].contains("bogus"));
}

TEST_CASE("API server: a field given twice in a patch is refused when asked to", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    server.ok(api->create(config_maps(), a_config_map("a")));
    const auto* type =
        GENERATE("application/merge-patch+json", "application/strategic-merge-patch+json");
    auto request = a_get("/api/v1/namespaces/default/configmaps/a?fieldValidation=Strict");
    request.method = http::Method::Patch;
    request.headers = {{"Content-Type", type}};
    request.body = R"({"data": {"key": "1", "key": "2"}})";
    const auto answer = server.ok(api->send(request));
    CHECK(answer.status == 400);
    CHECK_THAT(answer.body, Catch::Contains("duplicate field \\\"data.key\\\""));
    CHECK(server.ok(api->get(config_maps("a")))["data"]["key"] == "value");
}

TEST_CASE("API server: a read names a version that is known, or fails", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    const auto made = server.ok(api->create(config_maps(), a_config_map("a")));
    const std::string version = made["metadata"]["resourceVersion"];
    CHECK(server.ok(api->get(config_maps("a"), {{"resourceVersion", version}})) == made);
    const auto later = server.error(api->get(config_maps("a"), {{"resourceVersion", "99999999"}}));
    CHECK(later.reason == Reason::Timeout);
    const auto none = server.error(api->get(config_maps("a"), {{"resourceVersion", "x"}}));
    CHECK(none.reason == Reason::BadRequest);
}

TEST_CASE("API server: what lies in several namespaces can only be read", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    const Target everywhere{"v1", "configmaps"};
    CHECK(
        server.error(api->create(everywhere, a_config_map("a"))).reason ==
        Reason::MethodNotAllowed);
    CHECK(server.error(api->remove(everywhere, nullptr)).reason == Reason::MethodNotAllowed);
    server.ok(api->list(everywhere));
}

TEST_CASE("API server: a dry run answers and stores nothing", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    const auto would =
        server.ok(api->create(daemon_sets(), a_daemon_set("web"), {{"dryRun", "All"}}));
    CHECK(would["spec"]["updateStrategy"]["type"] == "RollingUpdate");
    CHECK_FALSE(would["metadata"].contains("resourceVersion"));
    CHECK(server.error(api->get(daemon_sets("web"))).reason == Reason::NotFound);
}

TEST_CASE("API server: names are generated from generateName", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    auto object = a_config_map("x");
    object["metadata"] = {{"generateName", "web-"}};
    const auto a = server.ok(api->create(config_maps(), object));
    const auto b = server.ok(api->create(config_maps(), object));
    CHECK_THAT(a["metadata"]["name"].get<std::string>(), Catch::StartsWith("web-"));
    CHECK(a["metadata"]["name"] != b["metadata"]["name"]);
}

TEST_CASE("API server: a list in pages is whole and of one version", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    for (int i = 0; i < 7; ++i) {
        server.ok(api->create(config_maps(), a_config_map("m" + std::to_string(i))));
    }
    const auto first = server.ok(api->get(config_maps(), {{"limit", "3"}}));
    CHECK(first["items"].size() == 3);
    REQUIRE(first["metadata"].contains("continue"));
    server.ok(api->create(config_maps(), a_config_map("later")));
    const auto second = server.ok(
        api->get(config_maps(), {{"limit", "3"}, {"continue", first["metadata"]["continue"]}}));
    CHECK(second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]);
    const auto all = server.ok(api->list(config_maps(), {}, 2));
    CHECK(all["items"].size() == 9);  // kube-root-ca.crt is there, too
}

TEST_CASE("API server: the old group version shows the same DaemonSet", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    const Target old_sets{"extensions/v1beta1", "daemonsets", "default"};
    Target old_set = old_sets;
    old_set.name = "web";
    auto object = a_daemon_set("web");
    object["apiVersion"] = "extensions/v1beta1";
    object["spec"].erase("selector");
    const auto created = server.ok(api->create(old_sets, object));
    CHECK(created["apiVersion"] == "extensions/v1beta1");
    CHECK(created["spec"]["updateStrategy"]["type"] == "OnDelete");
    const auto modern = server.ok(api->get(daemon_sets("web")));
    CHECK(modern["apiVersion"] == "apps/v1");
    CHECK(modern["spec"]["selector"]["matchLabels"]["app"] == "web");
    CHECK(modern["metadata"]["uid"] == server.ok(api->get(old_set))["metadata"]["uid"]);
}

TEST_CASE("API server: a pod goes gracefully, and at once with grace 0", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    const Target pods{"v1", "pods", "default"};
    const Target pod{"v1", "pods", "default", "p"};
    server.ok(api->create(
        pods,
        {{"metadata", {{"name", "p"}}},
         {"spec", {{"nodeName", "n1"}, {"containers", {{{"name", "c"}, {"image", "busybox"}}}}}}}));
    const auto going = server.ok(api->remove(pod, {{"gracePeriodSeconds", 20}}));
    CHECK(going["metadata"]["deletionGracePeriodSeconds"] == 20);
    CHECK(going["metadata"].contains("deletionTimestamp"));
    server.ok(api->get(pod));
    server.ok(api->remove(pod, {{"gracePeriodSeconds", 0}}));
    CHECK(server.error(api->get(pod)).reason == Reason::NotFound);
}

TEST_CASE("API server: finalizers hold an object until they are gone", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    server.ok(api->create(daemon_sets(), a_daemon_set("web")));
    const auto going =
        server.ok(api->remove(daemon_sets("web"), {{"propagationPolicy", "Foreground"}}));
    CHECK(going["metadata"]["finalizers"] == Json{"foregroundDeletion"});
    CHECK(going["metadata"]["generation"] == 2);
    const Json release = {{"metadata", {{"finalizers", nullptr}}}};
    server.ok(api->patch(daemon_sets("web"), PatchType::Merge, release));
    CHECK(server.error(api->get(daemon_sets("web"))).reason == Reason::NotFound);
}

TEST_CASE("API server: preconditions guard a delete", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    server.ok(api->create(config_maps(), a_config_map("a")));
    const Json wrong = {{"preconditions", {{"uid", "another"}}}};
    CHECK(server.error(api->remove(config_maps("a"), wrong)).reason == Reason::Conflict);
    server.ok(api->get(config_maps("a")));
}

TEST_CASE("API server: a namespace is filled, and refuses content while it goes", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    const Target space{"v1", "namespaces", "", "team"};
    server.ok(api->create({"v1", "namespaces"}, {{"metadata", {{"name", "team"}}}}));
    server.ok(api->get({"v1", "serviceaccounts", "team", "default"}));
    const auto root = server.ok(api->get({"v1", "configmaps", "team", "kube-root-ca.crt"}));
    CHECK_THAT(root["data"]["ca.crt"].get<std::string>(), Catch::Contains("BEGIN CERTIFICATE"));

    const auto going = server.ok(api->remove(space, nullptr));
    CHECK(going["status"]["phase"] == "Terminating");
    auto late = a_config_map("late");
    const auto refused = server.error(api->create({"v1", "configmaps", "team"}, late));
    CHECK(refused.reason == Reason::Forbidden);
    CHECK_THAT(refused.message, Catch::Contains("being terminated"));

    auto finalized = going;
    finalized["spec"]["finalizers"] = Json::array();
    server.ok(api->update({"v1", "namespaces", "", "team", "finalize"}, finalized));
    CHECK(server.error(api->get(space)).reason == Reason::NotFound);
    CHECK(
        server.error(api->create({"v1", "configmaps", "nowhere"}, late)).reason ==
        Reason::NotFound);
}

TEST_CASE("API server: what every namespace has comes back when it is deleted", "[apiserver]") {
    RunningServer server;
    const auto api = server.connect();
    const Target account{"v1", "serviceaccounts", "default", "default"};
    const auto before = server.ok(api->get(account));
    server.ok(api->remove(account, nullptr));
    CHECK(server.ok(api->get(account))["metadata"]["uid"] != before["metadata"]["uid"]);

    server.ok(api->create(config_maps(), a_config_map("a")));
    server.ok(api->remove(config_maps(), nullptr));  // the whole collection
    CHECK(server.error(api->get(config_maps("a"))).reason == Reason::NotFound);
    CHECK(server.ok(api->get(config_maps("kube-root-ca.crt")))["data"].contains("ca.crt"));

    const Json held = {{"metadata", {{"finalizers", {"example.com/hold"}}}}};
    server.ok(api->patch(account, PatchType::Merge, held));
    server.ok(api->remove(account, nullptr));
    const Json released = {{"metadata", {{"finalizers", nullptr}}}};
    server.ok(api->patch(account, PatchType::Merge, released));
    CHECK_FALSE(server.ok(api->get(account))["metadata"].contains("deletionTimestamp"));
}

TEST_CASE("API server: what was answered is there after a restart", "[apiserver]") {
    RunningServer server;
    const auto before = server.ok(server.connect()->create(config_maps(), a_config_map("a")));
    server.restart();
    CHECK(server.ok(server.connect()->get(config_maps("a"))) == before);
}
