/// The sums that are kept by differences say the same as a look at all hosts, after any course of
/// events; only hosts on which something changed are looked at again.
#include "common/daemonset/host_table.hpp"

#include "tests/unit/common/daemonset/world.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

namespace {

std::string describe_time(const std::optional<TimePoint>& time) {
    return time ? format_time(*time) : "-";
}

std::string describe_pod(const Pod& pod) {
    const auto* ask = pod.prefetch.get();
    return fmt::format(
        "{} {} {} {} {} {} {} {} {} {}",
        pod.meta.uid,
        pod.meta.label(kRevisionHashLabel),
        static_cast<int>(pod.phase),
        pod.ready,
        describe_time(pod.ready_since),
        describe_time(pod.unready_since),
        describe_time(pod.started),
        describe_time(pod.stopping_since),
        pod.images,
        ask == nullptr ? "-" : fmt::format("{} {}", ask->revision, ask->done));
}

/// All that an event could have changed about a host: what the controller touches a host for.
std::string describe_host(const NodeSituation& situation) {
    auto text = fmt::format(
        "{} {} {} {}",
        situation.exists,
        situation.placement.should_run,
        situation.placement.should_continue,
        describe_time(situation.silent_since));
    for (const auto& pod : situation.pods) text += "; " + describe_pod(*pod);
    return text;
}

/// Plays the controller: touches what changed, and makes a new table for a new revision.
class KeptTable {
public:
    explicit KeptTable(const Fleet& fleet) : fleet_(fleet) { renew(); }

    const HostTable& refreshed() {
        if (!table_->serves(fleet_.set, fleet_.revision)) renew();
        std::map<std::string, std::string> hosts;
        for (const auto& situation : fleet_.situations())
            hosts[situation.node] = describe_host(situation);
        for (const auto& [node, text] : hosts) {
            if (const auto known = hosts_.find(node);
                known == hosts_.end() || known->second != text)
                table_->touch(node);
        }
        for (const auto& [node, text] : hosts_) {
            if (!hosts.contains(node)) table_->touch(node);
        }
        hosts_ = std::move(hosts);
        table_->refresh(look(), fleet_.now);
        return *table_;
    }

    [[nodiscard]] HostTable::Look look() {
        return [this](const std::string& name) -> std::optional<NodeSituation> {
            ++looks_;
            for (auto& situation : fleet_.situations()) {
                if (situation.node == name) return std::move(situation);
            }
            return std::nullopt;
        };
    }
    [[nodiscard]] int looks() const { return looks_; }

private:
    void renew() {
        table_ = std::make_unique<HostTable>(
            std::make_shared<const DaemonSet>(fleet_.set), fleet_.revision);
        hosts_.clear();
    }

    const Fleet& fleet_;
    std::unique_ptr<HostTable> table_;
    std::map<std::string, std::string> hosts_;
    int looks_ = 0;
};

std::string describe_plan(const DaemonPlan& plan) {
    auto text = fmt::format(
        "creates {} asks {} again {}",
        plan.creates,
        plan.prefetches,
        plan.requeue_after ? plan.requeue_after->count() : -1);
    for (const auto& entry : plan.deletes)
        text += fmt::format("; {} {} {}", entry.uid, entry.node, delete_reason_name(entry.reason));
    for (const auto& event : plan.events) text += "; " + event.message;
    for (const auto& [node, entry] : plan.backoff)
        text += fmt::format("; {} {}", node, entry.delay.count());
    for (const auto& [node, turn] : plan.turns)
        text += fmt::format("; {} {}", node, pod_turn_name(turn));
    return text;
}

DaemonPlan plan_of_acting(const Fleet& fleet, const HostTable& table) {
    std::vector<NodeSituation> acting;
    for (auto& situation : fleet.situations()) {
        if (table.acting().contains(situation.node)) acting.push_back(std::move(situation));
    }
    return plan_daemonset(
        {fleet.set, fleet.revision, acting, fleet.backoff, fleet.now, fleet.turns, table.others()});
}

void check_same_as_survey(const Fleet& fleet, const HostTable& table) {
    CHECK(describe_plan(plan_of_acting(fleet, table)) == describe_plan(fleet.plan()));
    const auto kept = table.status(fleet.set, fleet.now);
    const auto counted = fleet.status();
    CHECK(kept.status == counted.status);
    CHECK(kept.next_available == counted.next_available);
}

std::vector<DaemonSetBuilder> all_strategies() {
    const auto logs = a_daemonset("logs").node_selector("disk", "ssd");
    return {
        logs.on_delete(),
        logs.rolling(1),
        logs.rolling("40%").min_ready(3),
        logs.rolling(0, 1),
        logs.rolling(0, "50%").min_ready(2),
        logs.rolling(1).annotated(kRolloutPolicyAnnotation, "kubernetes")};
}

void something_happens(World& world) {
    if (world.chance(10)) world.change_node("n" + std::to_string(world.pick(10)));
    if (world.chance(4)) world.drop_node();
    if (world.chance(3)) world.fleet().nodes.erase("n" + std::to_string(world.pick(8)));
    if (world.chance(6)) world.new_template();
    if (world.chance(6)) world.turn_silence("n" + std::to_string(world.pick(10)));
    if (world.chance(8)) world.break_daemon();
    if (world.chance(3)) world.fleet().now -= std::chrono::seconds(4);
}

}  // namespace

TEST_CASE("Property: a table of hosts says what a survey says", "[daemonset][property]") {
    for (const auto& set : all_strategies()) {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            CAPTURE(seed, set.json()["spec"]["updateStrategy"].dump());
            World world(seed, set);
            KeptTable kept(world.fleet());
            for (int step = 0; step < 60; ++step) {
                something_happens(world);
                check_same_as_survey(world.fleet(), kept.refreshed());
                world.apply(world.fleet().plan());
                check_same_as_survey(world.fleet(), kept.refreshed());
                if (world.chance(70)) world.agents_act(true);
            }
        }
    }
}

TEST_CASE("Host table: one event looks at one host, and none acts in a quiet set", "[daemonset]") {
    Fleet fleet(a_daemonset("logs"));
    for (int i = 0; i < 20; ++i) {
        const auto name = "n" + std::to_string(i);
        fleet.with(a_node(name));
        fleet.with(a_pod("p" + std::to_string(i)).on(name).hash("new").ready(0));
    }
    KeptTable kept(fleet);
    CHECK(kept.refreshed().acting().empty());
    const auto before = kept.looks();
    fleet.pods["n7"].clear();
    CHECK(kept.refreshed().acting() == std::set<std::string>{"n7"});
    CHECK(kept.looks() == before + 1);
}

TEST_CASE("Host table: time alone makes a pod available", "[daemonset]") {
    Fleet fleet(a_daemonset("logs").min_ready(10));
    fleet.at_time(100);
    fleet.with(a_node("n1")).with(a_pod("p").on("n1").hash("new").ready(95));
    KeptTable kept(fleet);
    const auto waiting = kept.refreshed().status(fleet.set, fleet.now);
    CHECK(waiting.status.number_available == 0);
    CHECK(waiting.next_available == Duration(std::chrono::seconds(5)));
    fleet.at_time(105);
    const auto available = kept.refreshed().status(fleet.set, fleet.now);
    CHECK(available.status.number_available == 1);
    CHECK_FALSE(available.next_available);
}

TEST_CASE("Host table: serves one template, one revision and one policy", "[daemonset]") {
    const auto logs = a_daemonset("logs").generation(1);
    const HostTable table(std::make_shared<const DaemonSet>(logs.view()), {"new"});
    auto set = logs.view();
    set.status.number_ready = 5;
    CHECK(table.serves(set, {"new"}));
    CHECK_FALSE(table.serves(set, {"newer"}));
    set.annotations[kRolloutPolicyAnnotation] = "kubernetes";
    CHECK_FALSE(table.serves(set, {"new"}));
    CHECK_FALSE(table.serves(a_daemonset("logs").generation(2).view(), {"new"}));
}
