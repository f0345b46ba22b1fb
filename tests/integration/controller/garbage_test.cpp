#include "tests/integration/controller/controlled_cluster.hpp"

using namespace picket;
using namespace picket::testing;

namespace {

void start_set(ControlledCluster& cluster) {
    cluster.add_node("n1");
    cluster.add_node("n2");
    cluster.ok(cluster.api().create(daemon_sets(), a_daemon_set("logs")));
    REQUIRE(cluster.eventually([&] { return cluster.status("logs").number_ready == 2; }));
}

void delete_set(ControlledCluster& cluster, const char* policy) {
    cluster.ok(cluster.api().remove(daemon_sets("logs"), {{"propagationPolicy", policy}}));
}

std::size_t count_revisions(ControlledCluster& cluster) {
    return cluster.ok(cluster.api().list({"apps/v1", "controllerrevisions", "default"}))["items"]
        .size();
}

}  // namespace

TEST_CASE(
    "Deleting a set in the background removes it at once, and then its pods and revisions",
    "[integration][controller]") {
    ControlledCluster cluster;
    start_set(cluster);
    delete_set(cluster, "Background");
    CHECK_FALSE(cluster.exists(daemon_sets("logs")));
    CHECK(cluster.eventually(
        [&] { return cluster.pods().empty() && count_revisions(cluster) == 0; }));
}

TEST_CASE(
    "Deleting a set in the foreground keeps it until its pods are gone",
    "[integration][controller]") {
    ControlledCluster cluster;
    start_set(cluster);
    delete_set(cluster, "Foreground");
    CHECK(cluster.eventually(
        [&] {
            const auto pods = cluster.pods();
            return std::all_of(
                pods.begin(), pods.end(), [](const Pod& pod) { return pod.meta.deleting(); });
        },
        false));
    CHECK(cluster.exists(daemon_sets("logs")));
    CHECK(cluster.eventually([&] { return !cluster.exists(daemon_sets("logs")); }));
    CHECK(cluster.pods().empty());
}

TEST_CASE(
    "Orphaned pods run on and are adopted by a later set without a restart",
    "[integration][controller]") {
    ControlledCluster cluster;
    start_set(cluster);
    std::set<std::string> before;
    for (const auto& pod : cluster.pods()) before.insert(pod.meta.uid);
    delete_set(cluster, "Orphan");
    CHECK(cluster.eventually([&] { return !cluster.exists(daemon_sets("logs")); }));
    for (const auto& pod : cluster.pods()) CHECK(pod.meta.owners.empty());

    cluster.ok(cluster.api().create(daemon_sets(), a_daemon_set("logs")));
    CHECK(cluster.eventually([&] { return cluster.status("logs").number_ready == 2; }));
    std::set<std::string> after;
    for (const auto& pod : cluster.pods()) {
        after.insert(pod.meta.uid);
        CHECK(pod.meta.controller() != nullptr);
    }
    CHECK(after == before);
}

TEST_CASE("A dependent whose owner never existed is collected", "[integration][controller]") {
    ControlledCluster cluster;
    auto orphan = a_config_map("lost");
    orphan["metadata"]["ownerReferences"] = Json::array(
        {{{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"name", "nobody"},
          {"uid", "11111111-1111-1111-1111-111111111111"}}});
    cluster.ok(cluster.api().create(config_maps(), orphan));
    CHECK(cluster.eventually([&] { return !cluster.exists(config_maps("lost")); }));
}

TEST_CASE(
    "Owners and dependents of several kinds: the last owner decides, and a namespace is a border",
    "[integration][controller]") {
    ControlledCluster cluster;
    const auto make = [&](const std::string& name, std::vector<Json> owners) {
        auto map = a_config_map(name);
        map["metadata"]["ownerReferences"] = owners;
        return cluster.ok(cluster.api().create(config_maps(), map))["metadata"]["uid"]
            .get<std::string>();
    };
    const auto reference = [](const char* kind, const std::string& name, const std::string& uid) {
        return Json{{"apiVersion", "v1"}, {"kind", kind}, {"name", name}, {"uid", uid}};
    };
    const Json secret{{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", "key"}}}};
    const std::string key =
        cluster.ok(cluster.api().create({"v1", "secrets", "default"}, secret))["metadata"]["uid"];
    const auto first = make("first", {});
    make("of-both", {reference("ConfigMap", "first", first), reference("Secret", "key", key)});
    make("of-first", {reference("ConfigMap", "first", first)});

    const Json spare{
        {"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "spare"}}}};
    cluster.ok(cluster.api().create({"v1", "namespaces"}, spare));
    auto stranger = a_config_map("stranger");
    stranger["metadata"]["ownerReferences"] = Json::array({reference("ConfigMap", "first", first)});
    cluster.ok(cluster.api().create({"v1", "configmaps", "spare"}, stranger));
    CHECK(cluster.eventually([&] {
        return !cluster.exists({"v1", "configmaps", "spare", "stranger"});
    }));
    CHECK(cluster.exists(config_maps("of-first")));

    cluster.add_node("n1");
    cluster.patch(
        {"v1", "nodes", "", "n1"},
        {{"metadata",
          {{"ownerReferences", Json::array({reference("ConfigMap", "first", first)})}}}});

    cluster.ok(cluster.api().remove(config_maps("first"), nullptr));
    CHECK(cluster.eventually([&] { return !cluster.exists(config_maps("of-first")); }));
    CHECK(cluster.eventually([&] {
        const auto left = cluster.object(config_maps("of-both"))["metadata"]["ownerReferences"];
        return left.size() == 1 && left[0]["kind"] == "Secret";
    }));
    cluster.ok(cluster.api().remove({"v1", "secrets", "default", "key"}, nullptr));
    CHECK(cluster.eventually([&] { return !cluster.exists(config_maps("of-both")); }));
    CHECK(cluster.exists({"v1", "nodes", "", "n1"}));
}

TEST_CASE("A terminating namespace is emptied and then goes", "[integration][controller]") {
    ControlledCluster cluster;
    const Json spare{
        {"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "spare"}}}};
    cluster.ok(cluster.api().create({"v1", "namespaces"}, spare));
    cluster.ok(cluster.api().create({"v1", "configmaps", "spare"}, a_config_map("inside")));
    cluster.ok(cluster.api().create({"v1", "configmaps", "spare"}, a_config_map("follows")));
    cluster.ok(cluster.api().remove({"v1", "namespaces", "", "spare"}, nullptr));
    // Who deletes a file that names the namespace first goes on with what is in it.
    cluster.ok(cluster.api().remove({"v1", "configmaps", "spare", "follows"}, nullptr));
    CHECK(cluster.eventually([&] { return !cluster.exists({"v1", "namespaces", "", "spare"}); }));
    CHECK_FALSE(cluster.exists({"v1", "configmaps", "spare", "inside"}));
}

TEST_CASE(
    "A client of 2016 empties a set by a selector that no node has, and then deletes it",
    "[integration][controller]") {
    ControlledCluster cluster;
    start_set(cluster);
    const Target old_set{"extensions/v1beta1", "daemonsets", "default", "logs"};
    auto set = cluster.object(old_set);
    set["spec"]["template"]["spec"]["nodeSelector"] = {{"3f1c5f0e", "b7d21a9c"}};
    set["metadata"].erase("resourceVersion");
    cluster.ok(cluster.api().update(old_set, set));
    REQUIRE(cluster.eventually([&] {
        const auto status = cluster.status("logs");
        return status.observed_generation == 2 &&
               status.current_number_scheduled + status.number_misscheduled == 0;
    }));
    CHECK(cluster.eventually([&] { return cluster.pods().empty(); }));
    cluster.ok(cluster.api().remove(old_set, Json{{"orphanDependents", false}}));
    CHECK(cluster.eventually([&] { return !cluster.exists(daemon_sets("logs")); }));
    CHECK(cluster.eventually([&] { return count_revisions(cluster) == 0; }));
}

TEST_CASE(
    "A delete that says nothing leaves the pods in the old version, and takes them in the new one",
    "[integration][controller]") {
    ControlledCluster cluster;
    start_set(cluster);
    const bool old = GENERATE(true, false);
    const auto* version = old ? "extensions/v1beta1" : "apps/v1";
    cluster.ok(cluster.api().remove({version, "daemonsets", "default", "logs"}, nullptr));
    CHECK(cluster.eventually([&] { return !cluster.exists(daemon_sets("logs")); }));
    if (old) {
        CHECK(cluster.eventually([&] {
            const auto pods = cluster.pods();
            return pods.size() == 2 && std::ranges::all_of(pods, [](const Pod& pod) {
                       return pod.meta.owners.empty() && !pod.meta.deleting();
                   });
        }));
    } else {
        CHECK(cluster.eventually([&] { return cluster.pods().empty(); }));
    }
}
