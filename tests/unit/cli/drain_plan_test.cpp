#include "cli/drain_plan.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::cli;

namespace {

Json a_pod_named(const std::string& name) {
    return {{"metadata", {{"name", name}, {"namespace", "default"}}}, {"spec", Json::object()}};
}

Json owned(Json pod, const std::string& kind) {
    pod["metadata"]["ownerReferences"] = {{{"kind", kind}, {"controller", true}}};
    return pod;
}

Json with_empty_dir(Json pod) {
    pod["spec"]["volumes"] = {{{"name", "scratch"}, {"emptyDir", Json::object()}}};
    return pod;
}

std::vector<std::string> names(const std::vector<Json>& pods) {
    std::vector<std::string> result;
    for (const auto& pod : pods) result.push_back(pod["metadata"]["name"]);
    return result;
}

}  // namespace

TEST_CASE("Drain: what goes, what stays, what stands in the way", "[drain]") {
    using Texts = std::vector<std::string>;
    struct Row {
        const char* name;
        Json pod;
        DrainRules rules;
        Texts evicted;
        Texts warnings;
        Texts obstacles;
    };
    auto static_pod = a_pod_named("p");
    static_pod["metadata"]["annotations"]["kubernetes.io/config.mirror"] = "x";
    auto finished = with_empty_dir(a_pod_named("p"));
    finished["status"]["phase"] = "Succeeded";
    const auto kept = owned(a_pod_named("p"), "ReplicaSet");
    const auto daemon = owned(a_pod_named("p"), "DaemonSet");
    const std::vector<Row> rows{
        {"a pod that its controller makes again", kept, {}, {"p"}, {}, {}},
        {"a daemon pod", daemon, {}, {}, {"ignoring DaemonSet-managed Pods: default/p"}, {}},
        {"a daemon pod that counts",
         daemon,
         {.ignore_daemon_sets = false, .force = true},
         {},
         {},
         {"cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/p"}},
        {"a static pod", static_pod, {}, {}, {}, {}},
        {"a bare pod",
         a_pod_named("p"),
         {},
         {},
         {},
         {"cannot delete Pods that declare no controller (use --force to override): default/p"}},
        {"a bare pod by force",
         a_pod_named("p"),
         {.force = true},
         {"p"},
         {"deleting Pods that declare no controller: default/p"},
         {}},
        {"local data",
         with_empty_dir(kept),
         {},
         {},
         {},
         {"cannot delete Pods with local storage (use --delete-emptydir-data to override): "
          "default/p"}},
        {"local data given up",
         with_empty_dir(kept),
         {.delete_empty_dir_data = true},
         {"p"},
         {"deleting Pods with local storage: default/p"},
         {}},
        {"a finished pod has nothing to lose", finished, {}, {"p"}, {}, {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto plan = plan_drain({row.pod}, row.rules);
        CHECK(names(plan.evict) == row.evicted);
        CHECK(plan.warnings == row.warnings);
        CHECK(plan.obstacles == row.obstacles);
    }
}

TEST_CASE("Drain: one obstacle keeps every pod where it is", "[drain]") {
    const auto plan = plan_drain({owned(a_pod_named("a"), "ReplicaSet"), a_pod_named("b")}, {});
    CHECK(plan.evict.empty());
    CHECK(plan.obstacles.size() == 1);
}
