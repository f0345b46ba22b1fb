#include "common/api/node.hpp"

#include "tests/integration/controller/controlled_cluster.hpp"

using namespace picket;
using namespace picket::testing;

namespace {

void report_ready(ControlledCluster& cluster, const std::string& name, const char* heartbeat) {
    const Json condition{
        {"type", "Ready"},
        {"status", "True"},
        {"reason", "AgentReady"},
        {"lastHeartbeatTime", heartbeat}};
    cluster.ok(cluster.api().patch(
        {"v1", "nodes", "", name, "status"},
        PatchType::StrategicMerge,
        {{"status", {{"conditions", Json::array({condition})}}}}));
}

Node node(ControlledCluster& cluster, const std::string& name) {
    return Node::parse(cluster.object({"v1", "nodes", "", name}));
}

std::set<std::string> taints(ControlledCluster& cluster, const std::string& name) {
    std::set<std::string> result;
    for (const auto& taint : node(cluster, name).taints) result.insert(taint.to_string());
    return result;
}

void taint(ControlledCluster& cluster, const std::string& name, const char* key) {
    const Json taint{{"key", key}, {"effect", "NoExecute"}};
    cluster.patch({"v1", "nodes", "", name}, {{"spec", {{"taints", Json::array({taint})}}}});
}

void create_pod(
    ControlledCluster& cluster, const std::string& name, Json tolerations = Json::array()) {
    const Json spec{
        {"nodeName", "n1"},
        {"tolerations", std::move(tolerations)},
        {"containers", {{{"name", "main"}, {"image", "busybox"}}}}};
    cluster.ok(cluster.api().create(
        {"v1", "pods", "default"},
        {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", name}}}, {"spec", spec}}));
}

std::set<std::string> pod_names(ControlledCluster& cluster) {
    std::set<std::string> names;
    for (const auto& pod : cluster.pods()) names.insert(pod.meta.name);
    return names;
}

Json tolerating(const char* key, std::optional<int> seconds) {
    Json toleration{{"key", key}, {"operator", "Exists"}, {"effect", "NoExecute"}};
    if (seconds) toleration["tolerationSeconds"] = *seconds;
    return toleration;
}

std::string uid_of_only_pod(ControlledCluster& cluster) {
    const auto pods = cluster.pods();
    return pods.size() == 1 ? pods.front().meta.uid : "";
}

}  // namespace

TEST_CASE(
    "A NoExecute taint drives away who does not tolerate it, and later who does for a while",
    "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1");
    create_pod(cluster, "weak");
    create_pod(cluster, "patient", Json::array({tolerating("mine", 3)}));
    create_pod(cluster, "stays", Json::array({tolerating("mine", std::nullopt)}));
    taint(cluster, "n1", "mine");
    CHECK(cluster.eventually([&] { return !pod_names(cluster).contains("weak"); }));
    CHECK(cluster.eventually([&] { return pod_names(cluster) == std::set<std::string>{"stays"}; }));
    // What comes to a node that is tainted already is looked at too.
    create_pod(cluster, "late");
    CHECK(cluster.eventually([&] { return pod_names(cluster) == std::set<std::string>{"stays"}; }));
    const auto events = cluster.ok(cluster.api().list(
        {"v1", "events", "default"}, {{"fieldSelector", "involvedObject.name=weak"}}));
    CHECK(events["items"].size() == 1);
    CHECK(events["items"][0]["reason"] == "TaintManagerEviction");
}

TEST_CASE("A taint that is taken off in time evicts nobody", "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1");
    create_pod(
        cluster,
        "patient",
        Json::array({tolerating("mine", 2), tolerating("other", std::nullopt)}));
    create_pod(cluster, "witness", Json::array({tolerating("other", 3)}));
    taint(cluster, "n1", "mine");
    taint(cluster, "n1", "other");
    // The witness goes later than the patient would have gone for the first taint.
    CHECK(
        cluster.eventually([&] { return pod_names(cluster) == std::set<std::string>{"patient"}; }));
}

TEST_CASE(
    "The pods of a deleted node go at once; a node of that name that joins again gets a fresh one "
    "from the present template",
    "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1");
    auto set = a_daemon_set("logs");
    set["spec"]["updateStrategy"] = {{"type", "OnDelete"}};
    cluster.ok(cluster.api().create(daemon_sets(), set));
    REQUIRE(cluster.eventually([&] { return cluster.status("logs").number_ready == 1; }));
    const auto first = uid_of_only_pod(cluster);
    const Json container{{"name", "main"}, {"image", "busybox:new"}};
    const Json template_spec{{"containers", Json::array({container})}};
    cluster.patch(daemon_sets("logs"), {{"spec", {{"template", {{"spec", template_spec}}}}}});

    cluster.remove_node("n1");
    CHECK(cluster.eventually([&] { return cluster.pods().empty(); }, false));
    CHECK(cluster.eventually(
        [&] { return cluster.status("logs").desired_number_scheduled == 0; }, false));
    cluster.add_node("n1");
    REQUIRE(cluster.eventually([&] { return cluster.status("logs").number_ready == 1; }));
    CHECK(uid_of_only_pod(cluster) != first);
    const auto list = cluster.ok(cluster.api().list({"v1", "pods", "default"}));
    CHECK(list["items"][0]["spec"]["containers"][0]["image"] == "busybox:new");
}

TEST_CASE(
    "A node deleted and made again at once loses what ran on the old one",
    "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1");
    cluster.ok(cluster.api().create(daemon_sets(), a_daemon_set("logs")));
    REQUIRE(cluster.eventually([&] { return cluster.status("logs").number_ready == 1; }));
    const auto first = uid_of_only_pod(cluster);
    cluster.remove_node("n1");
    cluster.add_node("n1");
    CHECK(cluster.eventually([&] {
        const auto now = uid_of_only_pod(cluster);
        return !now.empty() && now != first && cluster.status("logs").number_ready == 1;
    }));
}

TEST_CASE(
    "Eviction deletes the pod gracefully and only the one that is meant",
    "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1");
    create_pod(cluster, "web");
    const Target eviction{"v1", "pods", "default", "web", "eviction"};
    const auto evict = [&](Json delete_options) {
        return cluster.api().create(
            eviction,
            {{"apiVersion", "policy/v1"},
             {"kind", "Eviction"},
             {"metadata", {{"name", "web"}, {"namespace", "default"}}},
             {"deleteOptions", std::move(delete_options)}});
    };
    CHECK(
        cluster.server().error(evict({{"preconditions", {{"uid", "somebody-else"}}}})).reason ==
        Reason::Conflict);
    cluster.ok(evict({{"dryRun", {"All"}}}));
    CHECK_FALSE(cluster.pods().front().meta.deleting());
    cluster.ok(evict({{"gracePeriodSeconds", 7}}));
    CHECK(
        cluster.object(
            {"v1", "pods", "default", "web"})["metadata"]["deletionGracePeriodSeconds"] == 7);
    CHECK(cluster.eventually([&] { return cluster.pods().empty(); }));
    CHECK(cluster.server().error(evict(nullptr)).reason == Reason::NotFound);
}

TEST_CASE(
    "A silent node goes Unknown and is tainted; its pods stay but are not ready; it recovers",
    "[integration][controller]") {
    ControlledCluster cluster(std::chrono::seconds(2));
    cluster.add_node("n1");
    cluster.patch(
        {"v1", "nodes", "", "n1"},
        {{"spec", {{"taints", Json::array({{{"key", "mine"}, {"effect", "PreferNoSchedule"}}})}}}});
    report_ready(cluster, "n1", "2026-01-01T00:00:00Z");
    cluster.ok(cluster.api().create(daemon_sets(), a_daemon_set("logs")));
    REQUIRE(cluster.eventually(
        [&] { return cluster.pods().size() == 1 && cluster.pods().front().ready; }));

    REQUIRE(cluster.eventually(
        [&] { return node(cluster, "n1").condition_status("Ready") == ConditionStatus::Unknown; },
        false));
    CHECK(node(cluster, "n1").condition("Ready")->reason == "NodeStatusUnknown");
    CHECK(cluster.eventually(
        [&] {
            return taints(cluster, "n1") == std::set<std::string>{
                                                "mine:PreferNoSchedule",
                                                "node.kubernetes.io/unreachable:NoSchedule",
                                                "node.kubernetes.io/unreachable:NoExecute"};
        },
        false));
    CHECK(cluster.eventually(
        [&] { return cluster.pods().size() == 1 && !cluster.pods().front().ready; }, false));
    CHECK_FALSE(cluster.pods().front().meta.deleting());
    CHECK(cluster.eventually([&] { return cluster.status("logs").number_ready == 0; }, false));

    report_ready(cluster, "n1", "2026-01-01T00:00:10Z");
    CHECK(cluster.eventually(
        [&] { return taints(cluster, "n1") == std::set<std::string>{"mine:PreferNoSchedule"}; }));
}

TEST_CASE("A cordon puts its taint on and takes it off", "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1");
    cluster.patch({"v1", "nodes", "", "n1"}, {{"spec", {{"unschedulable", true}}}});
    CHECK(cluster.eventually([&] {
        return taints(cluster, "n1") ==
               std::set<std::string>{"node.kubernetes.io/unschedulable:NoSchedule"};
    }));
    cluster.patch({"v1", "nodes", "", "n1"}, {{"spec", {{"unschedulable", nullptr}}}});
    CHECK(cluster.eventually([&] { return taints(cluster, "n1").empty(); }));
}
