#include "tests/integration/controller/controlled_cluster.hpp"

using namespace picket;
using namespace picket::testing;

namespace {

void change_image(ControlledCluster& cluster, const std::string& image) {
    const Json container{{"name", "main"}, {"image", image}};
    const Json patch{
        {"spec", {{"template", {{"spec", {{"containers", Json::array({container})}}}}}}}};
    cluster.ok(cluster.api().patch(daemon_sets("logs"), PatchType::StrategicMerge, patch));
}

bool rolled_out(ControlledCluster& cluster, std::int64_t nodes) {
    const auto set = DaemonSet::parse(cluster.object(daemon_sets("logs")));
    return set.status.observed_generation >= set.meta.generation &&
           set.status.updated_number_scheduled == nodes && set.status.number_available == nodes;
}

std::vector<std::int64_t> revision_numbers(ControlledCluster& cluster) {
    std::vector<std::int64_t> numbers;
    const auto list = cluster.ok(cluster.api().list({"apps/v1", "controllerrevisions", "default"}));
    for (const auto& item : list["items"]) numbers.push_back(item["revision"].get<std::int64_t>());
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

}  // namespace

TEST_CASE(
    "A set's pods follow nodes, labels, deletions and a restart of the controllers",
    "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1");
    cluster.add_node("n2");
    cluster.ok(cluster.api().create(daemon_sets(), a_daemon_set("logs")));
    REQUIRE(cluster.eventually([&] { return cluster.nodes_with_pods() == Nodes{"n1", "n2"}; }));
    REQUIRE(cluster.eventually([&] { return rolled_out(cluster, 2); }));

    SECTION("a node that joins gets a pod") {
        cluster.add_node("n3");
        CHECK(cluster.eventually([&] { return rolled_out(cluster, 3); }));
        CHECK(cluster.nodes_with_pods() == Nodes{"n1", "n2", "n3"});
    }
    SECTION("a cordoned node gets a pod") {
        cluster.patch({"v1", "nodes", "", "n1"}, {{"spec", {{"unschedulable", true}}}});
        for (const auto& pod : cluster.pods()) {
            if (pod.node_name == "n1")
                cluster.ok(cluster.api().remove({"v1", "pods", "default", pod.meta.name}, nullptr));
        }
        CHECK(cluster.eventually([&] {
            return rolled_out(cluster, 2) && cluster.nodes_with_pods() == Nodes{"n1", "n2"};
        }));
    }
    SECTION("a deleted pod is replaced on its node") {
        const auto first = cluster.pods().front();
        cluster.ok(cluster.api().remove({"v1", "pods", "default", first.meta.name}, nullptr));
        // Both: the counters are those of a moment ago.
        CHECK(cluster.eventually([&] {
            return !cluster.exists({"v1", "pods", "default", first.meta.name}) &&
                   cluster.nodes_with_pods() == Nodes{"n1", "n2"} && rolled_out(cluster, 2);
        }));
    }
    SECTION("a deleted node's pods are collected, and the same name joins afresh") {
        cluster.remove_node("n2");
        CHECK(cluster.eventually([&] { return cluster.nodes_with_pods() == Nodes{"n1"}; }));
        CHECK(cluster.eventually(
            [&] { return cluster.status("logs").desired_number_scheduled == 1; }));
        cluster.add_node("n2");
        CHECK(cluster.eventually([&] { return rolled_out(cluster, 2); }));
    }
    SECTION("labels move pods") {
        cluster.patch(
            daemon_sets("logs"),
            {{"spec", {{"template", {{"spec", {{"nodeSelector", {{"disk", "ssd"}}}}}}}}}});
        CHECK(cluster.eventually([&] { return cluster.nodes_with_pods().empty(); }));
        cluster.patch({"v1", "nodes", "", "n1"}, {{"metadata", {{"labels", {{"disk", "ssd"}}}}}});
        CHECK(cluster.eventually([&] { return cluster.nodes_with_pods() == Nodes{"n1"}; }));
        cluster.patch({"v1", "nodes", "", "n1"}, {{"metadata", {{"labels", {{"disk", nullptr}}}}}});
        CHECK(cluster.eventually([&] { return cluster.nodes_with_pods().empty(); }));
    }
    SECTION(
        "a pod whose label is taken off is released and replaced; put back, one of the two goes") {
        const auto first = cluster.pods().front();
        const Target pod{"v1", "pods", "default", first.meta.name};
        cluster.patch(pod, {{"metadata", {{"labels", {{"app", nullptr}}}}}});
        CHECK(cluster.eventually([&] { return cluster.pods().size() == 3; }));
        CHECK(cluster.eventually(
            [&] { return PartialObject::parse(cluster.object(pod)).meta.owners.empty(); }));
        // The older one stays; of two made within a second, the first by name.
        auto stays = first;
        for (const auto& other : cluster.pods()) {
            const auto rank = [](const Pod& each) {
                return std::tie(each.meta.created, each.meta.name);
            };
            if (other.node_name == first.node_name && rank(other) < rank(stays)) stays = other;
        }
        cluster.patch(pod, {{"metadata", {{"labels", {{"app", "logs"}}}}}});
        CHECK(cluster.eventually([&] { return cluster.nodes_with_pods() == Nodes{"n1", "n2"}; }));
        CHECK(cluster.exists({"v1", "pods", "default", stays.meta.name}));
    }
    SECTION("a failed pod is replaced") {
        const auto first = cluster.pods().front();
        cluster.patch(
            {"v1", "pods", "default", first.meta.name, "status"},
            {{"status", {{"phase", "Failed"}}}});
        // Both: the counters are those of a moment ago.
        CHECK(cluster.eventually([&] {
            return !cluster.exists({"v1", "pods", "default", first.meta.name}) &&
                   cluster.nodes_with_pods() == Nodes{"n1", "n2"} && rolled_out(cluster, 2);
        }));
    }
    SECTION("a restart of the controllers makes no second pod") {
        cluster.stop_controllers();
        cluster.add_node("n3");
        cluster.start_controllers();
        CHECK(cluster.eventually([&] { return rolled_out(cluster, 3); }));
        CHECK(cluster.nodes_with_pods() == Nodes{"n1", "n2", "n3"});
    }
    SECTION("an update rolls over all nodes, and a rollback reuses its revision") {
        const auto before = cluster.object(
            daemon_sets("logs"))["spec"]["template"]["spec"]["containers"][0]["image"];
        change_image(cluster, "busybox:2");
        CHECK(cluster.eventually([&] { return rolled_out(cluster, 2); }));
        CHECK(revision_numbers(cluster) == std::vector<std::int64_t>{1, 2});
        change_image(cluster, before.get<std::string>());
        CHECK(cluster.eventually([&] {
            return revision_numbers(cluster) == std::vector<std::int64_t>{2, 3};
        }));
        CHECK(cluster.eventually([&] { return rolled_out(cluster, 2); }));
    }
}

TEST_CASE("A bare pod with matching labels counts as its node's pod", "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1");
    cluster.add_node("n2");
    const Json container{{"name", "main"}, {"image", "busybox"}};
    const Json bare{
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata", {{"name", "by-hand"}, {"labels", {{"app", "logs"}}}}},
        {"spec", {{"nodeName", "n1"}, {"containers", Json::array({container})}}}};
    cluster.ok(cluster.api().create({"v1", "pods", "default"}, bare));
    auto set = a_daemon_set("logs");
    set["spec"]["updateStrategy"] = {{"type", "OnDelete"}};
    cluster.ok(cluster.api().create(daemon_sets(), set));
    CHECK(cluster.eventually([&] { return cluster.status("logs").number_ready == 2; }));
    CHECK(cluster.nodes_with_pods() == Nodes{"n1", "n2"});
    CHECK(cluster.exists({"v1", "pods", "default", "by-hand"}));
}

TEST_CASE(
    "Many nodes: each gets exactly one pod, also when the controllers restart in the middle",
    "[integration][controller]") {
    ControlledCluster cluster;
    Nodes all;
    for (int i = 0; i < 60; ++i) {
        const auto name = "n" + std::to_string(i);
        cluster.add_node(name);
        all.insert(name);
    }
    cluster.ok(cluster.api().create(daemon_sets(), a_daemon_set("logs")));
    REQUIRE(cluster.eventually([&] { return cluster.pods().size() >= 5; }, false));
    cluster.stop_controllers();
    cluster.start_controllers();
    CHECK(cluster.eventually(
        [&] { return cluster.status("logs").current_number_scheduled == 60; }, false));
    CHECK(cluster.eventually([&] { return cluster.nodes_with_pods() == all; }, false));
}

TEST_CASE(
    "A template whose pods are refused costs one request at a time, and the status is written",
    "[integration][controller]") {
    ControlledCluster cluster;
    for (int i = 0; i < 10; ++i) cluster.add_node("n" + std::to_string(i));
    auto set = a_daemon_set("logs");
    set["spec"]["template"]["spec"]["priorityClassName"] = "there-is-no-such-class";
    cluster.ok(cluster.api().create(daemon_sets(), set));
    const auto failures = [&] {
        std::vector<std::string> messages;
        const auto events = cluster.ok(cluster.api().list({"v1", "events", "default"}));
        for (const auto& event : events["items"]) {
            if (event["reason"] == "FailedCreate") messages.push_back(event["message"]);
        }
        return messages;
    };
    REQUIRE(cluster.eventually([&] { return !failures().empty(); }));
    REQUIRE(cluster.eventually([&] {
        const auto status = cluster.status("logs");
        return status.desired_number_scheduled == 10 && status.observed_generation == 1;
    }));
    // The first batch is one pod; while it is refused no other node is tried.
    for (const auto& message : failures()) CHECK(message.find("on node n0:") != std::string::npos);

    // Once the class is there, each node gets its pod.
    cluster.ok(cluster.api().create(
        {"scheduling.k8s.io/v1", "priorityclasses"},
        {{"apiVersion", "scheduling.k8s.io/v1"},
         {"kind", "PriorityClass"},
         {"metadata", {{"name", "there-is-no-such-class"}}},
         {"value", 5}}));
    CHECK(cluster.eventually([&] { return cluster.nodes_with_pods().size() == 10; }));
}
