#include "common/daemonset/placement.hpp"

#include "tests/support/builders.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

namespace {

Placement place(const DaemonSet& set, const Node& node) {
    return PlacementRules(set.pod_template).place(node);
}

Json in_zone(const char* zone) {
    const Json expression{{"key", "zone"}, {"operator", "In"}, {"values", Json::array({zone})}};
    return Json::array({{{"matchExpressions", Json::array({expression})}}});
}

}  // namespace

TEST_CASE("Placement: which nodes should run the daemon, and why not", "[daemonset][placement]") {
    using enum PlacementReason;
    const auto logs = a_daemonset("logs");
    const auto n1 = a_node("n1").labelled("disk", "ssd").labelled("zone", "a");
    const Json gpu_toleration{{"key", "gpu"}, {"operator", "Exists"}};
    struct Row {
        const char* name;
        DaemonSetBuilder set;
        NodeBuilder node;
        bool run;
        bool stay;
        PlacementReason reason;
    };
    const std::vector<Row> rows{
        {"no restriction: all nodes", logs, n1, true, true, Eligible},
        {"a cordoned node gets its pod", logs, n1.cordoned(), true, true, Eligible},
        {"a node that is not ready gets its pod",
         logs,
         n1.condition("Ready", "False"),
         true,
         true,
         Eligible},
        {"template names this node", logs.node_name("n1"), n1, true, true, Eligible},
        {"template names another node", logs.node_name("n2"), n1, false, false, NodeNameMismatch},
        {"node selector matches", logs.node_selector("disk", "ssd"), n1, true, true, Eligible},
        {"node selector: other value",
         logs.node_selector("disk", "hdd"),
         n1,
         false,
         false,
         NodeSelectorMismatch},
        {"node selector: no label",
         logs.node_selector("gpu", "yes"),
         n1,
         false,
         false,
         NodeSelectorMismatch},
        {"affinity matches", logs.affinity(in_zone("a")), n1, true, true, Eligible},
        {"affinity does not match",
         logs.affinity(in_zone("b")),
         n1,
         false,
         false,
         NodeAffinityMismatch},
        {"affinity without terms",
         logs.affinity(Json::array()),
         n1,
         false,
         false,
         NodeAffinityMismatch},
        {"annotation matches", logs.affinity_annotation(in_zone("a")), n1, true, true, Eligible},
        {"annotation does not match",
         logs.affinity_annotation(in_zone("b")),
         n1,
         false,
         false,
         AffinityAnnotationMismatch},
        {"annotation is no JSON",
         logs.affinity_annotation(std::string("{")),
         n1,
         false,
         false,
         AffinityAnnotationMismatch},
        {"selector and affinity are ANDed",
         logs.node_selector("disk", "ssd").affinity(in_zone("b")),
         n1,
         false,
         false,
         NodeAffinityMismatch},
        {"affinity and annotation are ANDed",
         logs.affinity(in_zone("a")).affinity_annotation(in_zone("b")),
         n1,
         false,
         false,
         AffinityAnnotationMismatch},
        {"a NoSchedule taint keeps the running pod",
         logs,
         n1.tainted("gpu", "NoSchedule"),
         false,
         true,
         UntoleratedTaint},
        {"a NoExecute taint removes it",
         logs,
         n1.tainted("gpu", "NoExecute"),
         false,
         false,
         UntoleratedTaint},
        {"NoExecute decides over NoSchedule",
         logs,
         n1.tainted("a", "NoSchedule").tainted("b", "NoExecute"),
         false,
         false,
         UntoleratedTaint},
        {"PreferNoSchedule is ignored",
         logs,
         n1.tainted("gpu", "PreferNoSchedule"),
         true,
         true,
         Eligible},
        {"a tolerated taint",
         logs.tolerating(gpu_toleration),
         n1.tainted("gpu", "NoExecute"),
         true,
         true,
         Eligible},
        {"unreachable:NoExecute is tolerated",
         logs,
         n1.tainted("node.kubernetes.io/unreachable", "NoExecute"),
         true,
         true,
         Eligible},
        {"unreachable:NoSchedule is not",
         logs,
         n1.tainted("node.kubernetes.io/unreachable", "NoSchedule"),
         false,
         true,
         UntoleratedTaint},
        {"unschedulable is tolerated",
         logs,
         n1.tainted("node.kubernetes.io/unschedulable", "NoSchedule"),
         true,
         true,
         Eligible},
        {"network-unavailable is not",
         logs,
         n1.tainted("node.kubernetes.io/network-unavailable", "NoSchedule"),
         false,
         true,
         UntoleratedTaint},
        {"network-unavailable is, with host network",
         logs.host_network(),
         n1.tainted("node.kubernetes.io/network-unavailable", "NoSchedule"),
         true,
         true,
         Eligible},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto placement = place(row.set, row.node);
        CHECK(placement.should_run == row.run);
        CHECK(placement.should_continue == row.stay);
        CHECK(placement_reason_name(placement.reason) == placement_reason_name(row.reason));
    }
}

TEST_CASE("Placement: the evidence names what decided", "[daemonset][placement]") {
    CHECK(
        place(a_daemonset("logs").node_selector("disk", "ssd"), a_node("n1")).evidence ==
        "disk=ssd");
    CHECK(
        place(a_daemonset("logs"), a_node("n1").tainted("gpu", "NoSchedule", "yes")).evidence ==
        "gpu=yes:NoSchedule");
    CHECK(place(a_daemonset("logs").node_name("n9"), a_node("n1")).evidence == "n9");
}

TEST_CASE(
    "Tolerations: the automatic ones follow the template's, none twice", "[daemonset][placement]") {
    const Json own{
        {"key", "node.kubernetes.io/disk-pressure"},
        {"operator", "Exists"},
        {"effect", "NoSchedule"}};
    CHECK(daemon_tolerations(a_daemonset("logs").view().pod_template).size() == 6);
    CHECK(daemon_tolerations(a_daemonset("logs").host_network().view().pod_template).size() == 7);
    const auto with_own =
        daemon_tolerations(a_daemonset("logs").tolerating(own).view().pod_template);
    CHECK(with_own.size() == 6);
    CHECK(with_own.front().key == "node.kubernetes.io/disk-pressure");
}

TEST_CASE(
    "Tolerations: a daemon stays on a silent node for ever, whatever limit it was given",
    "[daemonset][placement]") {
    const Json limited{
        {"key", "node.kubernetes.io/unreachable"},
        {"operator", "Exists"},
        {"effect", "NoExecute"},
        {"tolerationSeconds", 300}};
    const auto tolerations =
        daemon_tolerations(a_daemonset("logs").tolerating(limited).view().pod_template);
    CHECK(tolerations.size() == 6);
    CHECK_FALSE(tolerations.front().seconds);
}
