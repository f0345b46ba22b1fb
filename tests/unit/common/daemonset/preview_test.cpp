#include "common/daemonset/preview.hpp"

#include "tests/unit/common/daemonset/world.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

namespace {

std::map<std::string, HostPreview> preview_of(const Fleet& fleet) {
    const auto situations = fleet.situations();
    std::map<std::string, HostPreview> result;
    for (auto& host : preview_daemonset({fleet.set, fleet.revision, situations, fleet.now}))
        result[host.node] = host;
    return result;
}

}  // namespace

TEST_CASE("Plan: what would happen on each host", "[daemonset][preview]") {
    Fleet fleet(a_daemonset("logs").node_selector("disk", "ssd").rolling(3));
    const auto ssd = [](const char* name) { return a_node(name).labelled("disk", "ssd"); };
    fleet.with(ssd("a")).with(ssd("b")).with(ssd("c")).with(ssd("d")).with(ssd("new"));
    fleet.with(a_node("hdd")).with(a_node("other")).with(ssd("quiet").silent(1)).with(ssd("sick"));
    for (const auto* node : {"a", "b", "c", "hdd", "quiet"})
        fleet.with(a_pod(node).on(node).hash("old").ready());
    fleet.with(a_pod("d").on("d").hash("new").ready());
    fleet.with(a_pod("sick").on("sick").hash("old").broken());
    auto hosts = preview_of(fleet);
    CHECK(hosts["new"].action == HostAction::Gains);
    CHECK(hosts["hdd"].action == HostAction::Loses);
    CHECK(hosts["other"].action == HostAction::Untouched);
    CHECK(hosts["d"].action == HostAction::Untouched);
    CHECK(hosts["quiet"].action == HostAction::SetAside);
    CHECK(hosts["sick"].action == HostAction::Restarts);
    CHECK(hosts["sick"].wave == 1);
    // Of the three places one is taken by the node without a pod, one by that which loses its pod.
    CHECK(hosts["a"].wave == 1);
    CHECK(hosts["b"].wave == 2);
    CHECK(hosts["c"].wave == 2);

    fleet.set.update_strategy = UpdateStrategy::OnDelete;
    CHECK(preview_of(fleet)["a"].action == HostAction::Waits);
}

namespace {

/// What was done on each node, and in which step of the update.
struct Deeds {
    std::set<std::string> made;
    std::set<std::string> removed;
    std::map<std::string, int> updated;
};

Deeds watch_until_idle(World& world) {
    Deeds deeds;
    const bool surge = allows_surge(world.fleet().set);
    for (int round = 0, idle = 0; round < 200 && idle < 3; ++round) {
        const auto plan = world.fleet().plan();
        idle = plan.idle() ? idle + 1 : 0;
        for (const auto& node : plan.creates) {
            deeds.made.insert(node);
            const auto found = world.fleet().pods.find(node);
            if (surge && found != world.fleet().pods.end() && !found->second.empty())
                deeds.updated.emplace(node, round);
        }
        for (const auto& entry : plan.deletes) {
            deeds.removed.insert(entry.node);
            if (!surge && entry.reason == DeleteReason::Outdated)
                deeds.updated.emplace(entry.node, round);
        }
        world.apply(plan);
        world.everything_settles();
    }
    return deeds;
}

/// A later wave never goes before an earlier one. How many rounds lie between them is a matter of
/// how long pods take.
void check_order_of_waves(const std::map<std::string, HostPreview>& preview, const Deeds& deeds) {
    std::map<std::int64_t, std::pair<int, int>> rounds;  // first and last, by wave
    for (const auto& [node, round] : deeds.updated) {
        const auto [entry, added] = rounds.try_emplace(preview.at(node).wave, round, round);
        entry->second.first = std::min(entry->second.first, round);
        entry->second.second = std::max(entry->second.second, round);
    }
    int last = 0;
    for (const auto& [wave, span] : rounds) {
        CAPTURE(wave);
        CHECK(last <= span.first);
        last = span.second;
    }
}

void check_deeds(const std::map<std::string, HostPreview>& preview, const Deeds& deeds) {
    check_order_of_waves(preview, deeds);
    for (const auto& [node, host] : preview) {
        CAPTURE(node, host_action_name(host.action), host.wave);
        const bool comes = host.action == HostAction::Gains || host.action == HostAction::Restarts;
        const bool goes = host.action == HostAction::Loses || host.action == HostAction::Restarts;
        CHECK(deeds.made.contains(node) == comes);
        CHECK(deeds.removed.contains(node) == goes);
        CHECK(deeds.updated.contains(node) == (host.wave > 0));
    }
}

}  // namespace

TEST_CASE(
    "Property: what is done equals the plan when nothing else changes",
    "[daemonset][preview][property]") {
    const auto logs = a_daemonset("logs").node_selector("disk", "ssd");
    for (const auto& set :
         {logs.on_delete(),
          logs.rolling(1),
          logs.rolling(3),
          logs.rolling("40%"),
          logs.rolling(0, 2),
          logs.rolling(1).annotated(kRolloutPolicyAnnotation, "kubernetes")}) {
        for (std::uint64_t seed = 1; seed <= 60; ++seed) {
            CAPTURE(seed, set.json()["spec"]["updateStrategy"].dump());
            World world(seed, set);
            for (int round = 0; round < 8; ++round) {
                world.apply(world.fleet().plan());
                world.everything_settles();
            }
            // Some nodes change, join or lose their daemon; then the new set is written.
            for (int i = 0; i < 4; ++i) world.change_node("n" + std::to_string(world.pick(10)));
            if (world.chance(40)) world.break_daemon();
            world.new_template();
            const auto preview = preview_of(world.fleet());
            check_deeds(preview, watch_until_idle(world));
        }
    }
}
