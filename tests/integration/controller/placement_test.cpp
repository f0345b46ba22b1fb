/// What the server says about hosts, against what the controllers then do.
#include "tests/integration/controller/controlled_cluster.hpp"

#include <map>

using namespace picket;
using namespace picket::testing;

namespace {

Target of_set(const std::string& subresource) {
    return {"picket.dev/v1", "daemonsets", "default", "logs", subresource};
}

/// State (or action) by node.
std::map<std::string, std::string> by_node(const Json& document, const char* field) {
    std::map<std::string, std::string> result;
    for (const auto& host : document["hosts"])
        result[host["node"].get<std::string>()] = host.value(field, "");
    return result;
}

Json set_on_ssd() {
    auto set = a_daemon_set("logs");
    set["spec"]["template"]["spec"]["nodeSelector"] = {{"disk", "ssd"}};
    return set;
}

using ByNode = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("Placement and plan tell what the controllers do", "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1", {{"disk", "ssd"}});
    cluster.add_node("n2", {{"disk", "ssd"}});
    cluster.add_node("n3");

    const auto first = cluster.ok(cluster.api().create(of_set("plan"), set_on_ssd()));
    CHECK(first["operation"] == "create");
    CHECK(
        by_node(first, "action") == ByNode{{"n1", "Gains"}, {"n2", "Gains"}, {"n3", "Untouched"}});
    CHECK_FALSE(cluster.exists(daemon_sets("logs")));

    cluster.ok(cluster.api().create(daemon_sets(), set_on_ssd()));
    REQUIRE(cluster.eventually([&] { return cluster.status("logs").number_available == 2; }));
    const auto placement = cluster.object(of_set("placement"));
    CHECK(
        by_node(placement, "state") ==
        ByNode{{"n1", "Running"}, {"n2", "Running"}, {"n3", "NodeSelectorMismatch"}});
    CHECK(placement["states"] == Json{{"Running", 2}, {"NodeSelectorMismatch", 1}});
    CHECK(placement["status"]["numberAvailable"] == 2);

    // n3 gets a place and n1 loses its own: at once here, whatever the controllers have seen.
    auto changed = cluster.object(daemon_sets("logs"));
    const Json term{
        {"matchFields", {{{"key", "metadata.name"}, {"operator", "NotIn"}, {"values", {"n1"}}}}}};
    auto& spec = changed["spec"]["template"]["spec"];
    spec.erase("nodeSelector");
    spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] = {
        {"nodeSelectorTerms", Json::array({term})}};
    const auto plan = cluster.ok(cluster.api().create(of_set("plan"), changed));
    CHECK(plan["operation"] == "update");
    CHECK(by_node(plan, "action") == ByNode{{"n1", "Loses"}, {"n2", "Restarts"}, {"n3", "Gains"}});
    cluster.ok(cluster.api().update(daemon_sets("logs"), changed));
    CHECK(cluster.eventually([&] {
        return cluster.nodes_with_pods() == Nodes{"n2", "n3"} &&
               by_node(cluster.object(of_set("placement")), "state") ==
                   ByNode{{"n1", "NodeAffinityMismatch"}, {"n2", "Running"}, {"n3", "Running"}};
    }));
}

TEST_CASE(
    "A silent node's pods are never ready, and an update goes round it",
    "[integration][controller]") {
    ControlledCluster cluster;
    for (const auto* name : {"n1", "n2", "n3"}) cluster.add_node(name);
    auto set = a_daemon_set("logs");
    // Placed on silent nodes too, so that only silence can take them out of the counters.
    set["spec"]["template"]["spec"]["tolerations"] = Json::array({{{"operator", "Exists"}}});
    cluster.ok(cluster.api().create(daemon_sets(), set));
    REQUIRE(cluster.eventually([&] { return cluster.status("logs").number_available == 3; }));
    const Json silent{{"type", "Ready"}, {"status", "Unknown"}};
    cluster.ok(cluster.api().patch(
        {"v1", "nodes", "", "n1", "status"},
        PatchType::StrategicMerge,
        {{"status", {{"conditions", Json::array({silent})}}}}));
    CHECK(cluster.eventually([&] { return cluster.status("logs").number_ready == 2; }));
    CHECK(by_node(cluster.object(of_set("placement")), "state")["n1"] == "NodeSilent");

    const Json patch{
        {"spec", {{"template", {{"metadata", {{"annotations", {{"version", "2"}}}}}}}}}};
    cluster.ok(cluster.api().patch(daemon_sets("logs"), PatchType::Merge, patch));
    CHECK(cluster.eventually([&] {
        const auto states = by_node(cluster.object(of_set("placement")), "state");
        const auto status = cluster.status("logs");
        return states.at("n1") == "SetAside" && status.updated_number_scheduled == 2 &&
               status.number_available == 2;
    }));
}
