#include "common/daemonset/rollout.hpp"

#include "tests/unit/common/daemonset/plan_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

namespace {

/// Each letter is a node with its pod(s):
///   O old, available   o old, not ready   N new, available   n new, not ready   . no pod   t old,
///   terminating B old available and new not ready     b old available and new available
Fleet fleet_of(const DaemonSet& set, const std::string& picture) {
    Fleet fleet(set);
    for (std::size_t i = 0; i < picture.size(); ++i) {
        const auto node = "n" + std::to_string(i);
        const auto old_pod = a_pod("old" + std::to_string(i)).hash("old").on(node);
        const auto new_pod = a_pod("new" + std::to_string(i)).hash("new").on(node);
        fleet.with(a_node(node));
        switch (picture[i]) {
            case 'O':
                fleet.with(old_pod.ready());
                break;
            case 'o':
                fleet.with(old_pod);
                break;
            case 'N':
                fleet.with(new_pod.ready());
                break;
            case 'n':
                fleet.with(new_pod);
                break;
            case 't':
                fleet.with(old_pod.ready().terminating());
                break;
            case 'B':
                fleet.with(old_pod.ready()).with(new_pod);
                break;
            case 'b':
                fleet.with(old_pod.ready()).with(new_pod.ready());
                break;
            default:
                break;
        }
    }
    return fleet;
}

/// Under the plain Kubernetes rule.
DaemonSetBuilder plain(const DaemonSetBuilder& set) {
    return set.annotated(kRolloutPolicyAnnotation, "kubernetes");
}

}  // namespace

TEST_CASE("Rolling update without surge: who is replaced next", "[daemonset][rollout]") {
    struct Row {
        const char* name;
        Json max_unavailable;
        const char* nodes;
        Names deleted;
    };
    const std::vector<Row> rows{
        {"one at a time", 1, "OOO", {"old0"}},
        {"two at a time", 2, "OOO", {"old0", "old1"}},
        {"a percentage is rounded up", "50%", "OOO", {"old0", "old1"}},
        {"0% of something is one", "0%", "OOO", {"old0"}},
        {"all up to date: nothing", 1, "NNN", {}},
        {"a new pod that is not ready holds the rest", 1, "nOO", {}},
        {"a terminating pod holds the rest", 1, "tOO", {}},
        {"a node without a pod holds the rest", 1, ".OO", {}},
        {"the next one goes when the new pod is available", 1, "NOO", {"old1"}},
        {"old pods that are not available go whatever the limit", 1, "ooO", {"old0", "old1"}},
        {"they use up the limit", 2, "oOO", {"old0", "old1"}},
        {"a stalled update touches no more", 2, "nnOOO", {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto plan =
            fleet_of(plain(a_daemonset("logs")).rolling(row.max_unavailable), row.nodes).plan();
        CHECK(deleted(plan) == row.deleted);
    }
}

TEST_CASE("OnDelete: nobody is replaced", "[daemonset][rollout]") {
    CHECK(fleet_of(a_daemonset("logs").on_delete(), "OOoN").plan().idle());
}

TEST_CASE("Rolling update with surge: who gets the new pod next", "[daemonset][rollout]") {
    struct Row {
        const char* name;
        Json max_surge;
        const char* nodes;
        Names created;
        Names deleted;
    };
    const std::vector<Row> rows{
        {"one at a time", 1, "OOO", {"n0"}, {}},
        {"two at a time", 2, "OOO", {"n0", "n1"}, {}},
        {"a percentage is rounded up", "34%", "OOO", {"n0", "n1"}, {}},
        {"a node in surge holds the rest", 1, "BOO", {}, {}},
        {"room for one more", 2, "BOO", {"n1"}, {}},
        {"the old pod goes when the new one is available", 1, "bOO", {"n1"}, {"old0"}},
        {"old pods that are not available get the new one at once",
         1,
         "ooO",
         {"n0", "n1", "n2"},
         {}},
        {"a terminating old pod does not hold the new one", 1, "tN", {"n0"}, {}},
        {"all up to date: nothing", 1, "NNN", {}, {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto plan = fleet_of(a_daemonset("logs").rolling(0, row.max_surge), row.nodes).plan();
        CHECK(created(plan) == row.created);
        CHECK(deleted(plan) == row.deleted);
    }
}

TEST_CASE(
    "Rolling update with surge: on nodes no longer eligible the old pod goes only if enough are "
    "left",
    "[daemonset][rollout]") {
    const auto tainted = [](Fleet fleet, const std::string& node) {
        fleet.nodes[node] = a_node(node).tainted("gpu", "NoSchedule").ptr();
        return fleet;
    };
    const auto set = a_daemonset("logs").rolling(0, 1);
    CHECK(deleted(tainted(fleet_of(set, "oN"), "n0").plan()) == Names{"old0"});
    CHECK(deleted(tainted(fleet_of(set, "ON"), "n0").plan()) == Names{"old0"});
    CHECK(deleted(tainted(fleet_of(set, "On"), "n0").plan()).empty());
}

TEST_CASE(
    "Rolling update: a changed strategy or minReadySeconds restarts nothing",
    "[daemonset][rollout]") {
    CHECK(fleet_of(a_daemonset("logs").min_ready(60), "NNN").plan().idle());
    CHECK(fleet_of(a_daemonset("logs").rolling("50%"), "NNN").plan().idle());
}

TEST_CASE(
    "Rolling update: adopted pods with neither label are replaced, those with the generation are "
    "not",
    "[daemonset][rollout]") {
    Fleet fleet(a_daemonset("logs").rolling(2).template_generation(1));
    fleet.revision.template_generation = "1";
    fleet.with(a_node("n1")).with(a_pod("bare").on("n1").ready());
    fleet.with(a_node("n2"))
        .with(a_pod("left").on("n2").hash("other").labelled(kTemplateGenerationLabel, "1").ready());
    CHECK(deleted(fleet.plan()) == Names{"bare"});
}

TEST_CASE(
    "Limits: both zero with something desired means one node may be down", "[daemonset][rollout]") {
    CHECK(resolve_limits(a_daemonset("logs").rolling(0, 0), 3).max_unavailable == 1);
    CHECK(resolve_limits(a_daemonset("logs").rolling(0, 0), 0).max_unavailable == 0);
    CHECK(resolve_limits(a_daemonset("logs").rolling(0, "10%"), 3).max_unavailable == 0);
    CHECK(resolve_limits(a_daemonset("logs").rolling(0, "10%"), 3).max_surge == 1);
}
