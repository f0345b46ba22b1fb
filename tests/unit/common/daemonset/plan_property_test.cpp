/// Properties of planning over random fleets: a small world plays API server and agents, the plan
/// acts on it, and the invariants are checked at every step. A failing seed is printed and replays
/// exactly.
#include "common/daemonset/host_state.hpp"
#include "common/daemonset/rollout.hpp"
#include "tests/unit/common/daemonset/world.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

namespace {

int count_pods(const NodeSituation& situation, bool terminating_too) {
    return static_cast<int>(
        std::count_if(situation.pods.begin(), situation.pods.end(), [&](const auto& pod) {
            return !pod->finished() && (terminating_too || !pod->meta.deleting());
        }));
}

/// Without surge a terminating pod still holds its node; with surge an old and a new one may be
/// there.
void check_pods_per_node(const Fleet& fleet) {
    const bool surge = allows_surge(fleet.set);
    for (const auto& situation : fleet.situations())
        CHECK(count_pods(situation, !surge) <= (surge ? 2 : 1));
}

std::vector<DaemonSetBuilder> strategies() {
    const auto logs = a_daemonset("logs").node_selector("disk", "ssd");
    return {
        logs.on_delete(),
        logs.rolling(1),
        logs.rolling("40%"),
        logs.rolling(2).min_ready(3),
        logs.rolling(0, 1),
        logs.rolling(0, "50%").min_ready(2),
        logs.rolling(1).annotated(kRolloutPolicyAnnotation, "kubernetes")};
}

void check_plan_is_sane(const Fleet& fleet, const DaemonPlan& plan) {
    const std::set<std::string> nodes(plan.creates.begin(), plan.creates.end());
    CHECK(nodes.size() == plan.creates.size());
    std::set<std::string> uids;
    for (const auto& entry : plan.deletes) CHECK(uids.insert(entry.uid).second);
    for (const auto& node : plan.creates) CHECK(fleet.nodes.contains(node));
}

void check_status_adds_up(const Fleet& fleet) {
    const auto status = fleet.status().status;
    const auto nodes = static_cast<std::int64_t>(fleet.nodes.size());
    CHECK(status.number_available <= status.number_ready);
    CHECK(status.number_ready <= status.current_number_scheduled);
    CHECK(status.updated_number_scheduled <= status.current_number_scheduled);
    CHECK(status.current_number_scheduled <= status.desired_number_scheduled);
    CHECK(status.desired_number_scheduled + status.number_misscheduled <= nodes);
    CHECK(status.number_available + status.number_unavailable == status.desired_number_scheduled);
}

/// Every existing node is in exactly one state, and the states say the same as the counters.
void check_states_partition_the_nodes(const Fleet& fleet) {
    const auto situations = fleet.situations();
    const StatusInput input{fleet.set, fleet.revision, situations, fleet.now};
    const auto reports = report_hosts(input);
    DaemonSetStatus sum;
    std::set<std::string> nodes;
    for (const auto& report : reports) {
        CAPTURE(report.node, host_state_name(report.state));
        CHECK(nodes.insert(report.node).second);
        const auto& counts = report.counts;
        sum.desired_number_scheduled += counts.desired_number_scheduled;
        sum.current_number_scheduled += counts.current_number_scheduled;
        sum.number_misscheduled += counts.number_misscheduled;
        sum.number_ready += counts.number_ready;
        sum.number_available += counts.number_available;
        sum.updated_number_scheduled += counts.updated_number_scheduled;
        const bool works = counts.number_available == 1;
        switch (report.state) {
            case HostState::Running:
                CHECK((works && report.updated));
                break;
            case HostState::WaitingForTurn:
            case HostState::KeptUntilDeleted:
                CHECK(!report.updated);
                break;
            case HostState::SetAside:
            case HostState::NodeSilent:
                CHECK(counts.number_ready == 0);
                break;
            case HostState::Absent:
                CHECK((!report.pod && counts.desired_number_scheduled == 1));
                break;
            case HostState::NodeSelectorMismatch:
            case HostState::UntoleratedTaint:
                CHECK((!report.pod && counts.desired_number_scheduled == 0));
                break;
            case HostState::Leaving:
            case HostState::Misscheduled:
                CHECK(counts.number_misscheduled == 1);
                break;
            default:
                CHECK(report.pod);
        }
    }
    const auto status = fleet.status().status;
    CHECK(nodes.size() == fleet.nodes.size());
    CHECK(sum.desired_number_scheduled == status.desired_number_scheduled);
    CHECK(sum.current_number_scheduled == status.current_number_scheduled);
    CHECK(sum.number_misscheduled == status.number_misscheduled);
    CHECK(sum.number_ready == status.number_ready);
    CHECK(sum.number_available == status.number_available);
    CHECK(sum.updated_number_scheduled == status.updated_number_scheduled);
}

}  // namespace

TEST_CASE(
    "Property: never two live pods on a node without surge, two at most with",
    "[daemonset][property]") {
    for (const auto& set : strategies()) {
        for (std::uint64_t seed = 1; seed <= 25; ++seed) {
            CAPTURE(seed, set.json()["spec"]["updateStrategy"].dump());
            World world(seed, set);
            for (int step = 0; step < 60; ++step) {
                if (world.chance(10)) world.change_node("n" + std::to_string(world.pick(10)));
                if (world.chance(4)) world.drop_node();
                if (world.chance(8)) world.new_template();
                if (world.chance(6)) world.turn_silence("n" + std::to_string(world.pick(10)));
                const auto plan = world.fleet().plan();
                check_plan_is_sane(world.fleet(), plan);
                check_status_adds_up(world.fleet());
                check_states_partition_the_nodes(world.fleet());
                world.apply(plan);
                check_pods_per_node(world.fleet());
                world.agents_act(true);
            }
        }
    }
}

TEST_CASE("Property: the plan converges, and then does nothing", "[daemonset][property]") {
    for (const auto& set : strategies()) {
        for (std::uint64_t seed = 1; seed <= 25; ++seed) {
            CAPTURE(seed, set.json()["spec"]["updateStrategy"].dump());
            World world(seed, set);
            for (int step = 0; step < 20; ++step) {
                world.apply(world.fleet().plan());
                world.agents_act(true);
                if (world.chance(20)) world.new_template();
                if (world.chance(10)) world.turn_silence("n" + std::to_string(world.pick(8)));
            }
            world.end_silence();
            // Idle twice in a row: not only waiting for pods to start or for a back-off to pass.
            int idle_rounds = 0;
            for (int round = 0; round < 200 && idle_rounds < 2; ++round) {
                const auto plan = world.fleet().plan();
                idle_rounds = plan.idle() ? idle_rounds + 1 : 0;
                world.apply(plan);
                world.everything_settles();
            }
            const auto status = world.fleet().status().status;
            CHECK(world.fleet().plan().idle());
            CHECK(status.number_available == status.desired_number_scheduled);
            if (world.fleet().set.update_strategy == UpdateStrategy::RollingUpdate) {
                CHECK(status.updated_number_scheduled == status.desired_number_scheduled);
            }
        }
    }
}

namespace {

bool works(const Fleet& fleet, const NodeSituation& situation) {
    return std::any_of(situation.pods.begin(), situation.pods.end(), [&](const auto& pod) {
        return !pod->meta.deleting() && is_available(situation, *pod, fleet.set, fleet.now);
    });
}

std::set<std::string> working_hosts(const Fleet& fleet) {
    std::set<std::string> hosts;
    for (const auto& situation : fleet.situations()) {
        if (situation.placement.should_run && works(fleet, situation)) hosts.insert(situation.node);
    }
    return hosts;
}

/// Hosts that an update has taken out of service and that do not work yet. What breaks on its own
/// is not among them.
class TakenHosts {
public:
    void before(const Fleet& fleet) { worked_ = working_hosts(fleet); }
    void after(const Fleet& fleet, const DaemonPlan& plan) {
        for (const auto& entry : plan.deletes) {
            if (entry.reason == DeleteReason::Outdated && worked_.contains(entry.node))
                taken_.insert(entry.node);
        }
        settle(fleet);
    }
    /// What an update owes a host is paid when the new daemon has been Ready.
    void settle(const Fleet& fleet) {
        for (const auto& situation : fleet.situations()) {
            const auto ready = [&](const PodPtr& pod) {
                return !pod->meta.deleting() && is_ready(situation, *pod);
            };
            if (std::any_of(situation.pods.begin(), situation.pods.end(), ready))
                taken_.erase(situation.node);
        }
        std::erase_if(taken_, [&](const auto& node) { return !fleet.nodes.contains(node); });
    }
    /// A host that is silent when a new update comes, or before that reaches it, is lost before its
    /// turn, whatever an earlier update did to it.
    void forget_silent(const Fleet& fleet, bool new_update) {
        for (const auto& situation : fleet.situations()) {
            const bool lost = new_update && situation.silent();
            if (lost || waits_in_silence(situation, fleet.set, fleet.revision))
                taken_.erase(situation.node);
        }
    }
    [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(taken_.size()); }

private:
    std::set<std::string> worked_;
    std::set<std::string> taken_;
};

}  // namespace

TEST_CASE(
    "Property: an update never leaves fewer available than desired − maxUnavailable",
    "[daemonset][property]") {
    for (const auto& set : strategies()) {
        for (std::uint64_t seed = 1; seed <= 25; ++seed) {
            CAPTURE(seed, set.json()["spec"]["updateStrategy"].dump());
            World world(seed, set);
            for (int round = 0; round < 10; ++round) {
                world.apply(world.fleet().plan());
                world.everything_settles();
            }
            const auto desired = world.fleet().status().status.desired_number_scheduled;
            const auto limits = resolve_limits(world.fleet().set, desired);
            const auto on_delete = world.fleet().set.update_strategy == UpdateStrategy::OnDelete;
            world.new_template();
            for (int step = 0; step < 40; ++step) {
                world.apply(world.fleet().plan());
                const auto available =
                    static_cast<std::int64_t>(working_hosts(world.fleet()).size());
                CHECK(available >= desired - (on_delete ? 0 : limits.max_unavailable));
                world.agents_act(false);
            }
        }
    }
}

TEST_CASE(
    "Property: whatever fails and falls silent, an update takes no more than maxUnavailable hosts "
    "out of service",
    "[daemonset][property]") {
    for (const auto& set : strategies()) {
        const auto view = set.view();
        if (view.update_strategy == UpdateStrategy::OnDelete || allows_surge(view)) continue;
        for (std::uint64_t seed = 1; seed <= 30; ++seed) {
            CAPTURE(seed, set.json()["spec"]["updateStrategy"].dump(), view.blame_aware());
            World world(seed, set);
            for (int round = 0; round < 10; ++round) {
                world.apply(world.fleet().plan());
                world.everything_settles();
            }
            const auto desired = world.fleet().status().status.desired_number_scheduled;
            const auto limits = resolve_limits(world.fleet().set, desired);
            TakenHosts taken;
            for (int step = 0; step < 60; ++step) {
                const bool update = world.chance(8);
                if (update) world.new_template();
                if (world.chance(10)) world.break_daemon();
                if (world.chance(8)) world.turn_silence("n" + std::to_string(world.pick(8)));
                taken.forget_silent(world.fleet(), update);
                taken.before(world.fleet());
                const auto plan = world.fleet().plan();
                world.apply(plan);
                taken.after(world.fleet(), plan);
                CHECK(taken.count() <= limits.max_unavailable);
                world.agents_act(false);
                taken.settle(world.fleet());
            }
        }
    }
}

TEST_CASE(
    "Property: hosts that were lost or broken before their turn do not stop the others",
    "[daemonset][property]") {
    const auto logs = a_daemonset("logs").rolling(1);
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        CAPTURE(seed);
        World world(seed, logs);
        for (int round = 0; round < 10; ++round) {
            world.apply(world.fleet().plan());
            world.everything_settles();
        }
        const auto healthy = world.spoil_some_hosts();
        world.new_template();
        for (int round = 0; round < 60; ++round) {
            world.apply(world.fleet().plan());
            world.healthy_hosts_settle(healthy);
        }
        for (const auto& situation : world.fleet().situations()) {
            if (!healthy.contains(situation.node) || !situation.placement.should_run) continue;
            CAPTURE(situation.node);
            REQUIRE(situation.pods.size() == 1);
            CHECK(world.fleet().revision.made(situation.pods.front()->meta));
        }
        // Back, the others catch up.
        world.end_silence();
        for (int round = 0; round < 30; ++round) {
            world.apply(world.fleet().plan());
            world.everything_settles();
        }
        const auto status = world.fleet().status().status;
        CHECK(status.updated_number_scheduled == status.desired_number_scheduled);
        CHECK(world.fleet().plan().idle());
    }
}
