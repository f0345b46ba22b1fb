#include "controller/node_lifecycle/taint_eviction.hpp"

#include "tests/support/builders.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::controller;
using namespace picket::testing;

namespace {

constexpr const char* kSilent = "node.kubernetes.io/unreachable";

Taint taint(
    const std::string& key, std::int64_t added, TaintEffect effect = TaintEffect::NoExecute) {
    return {.key = key, .value = {}, .effect = effect, .added = at(added)};
}

Json tolerates(const std::string& key, std::optional<std::int64_t> seconds) {
    Json toleration{{"key", key}, {"operator", "Exists"}, {"effect", "NoExecute"}};
    if (seconds) toleration["tolerationSeconds"] = *seconds;
    return toleration;
}

PodBuilder tolerating(const PodBuilder& pod, std::vector<Json> tolerations) {
    return pod.with([&](Json& json) {
        json["spec"]["tolerations"] = Json::array();
        for (auto& toleration : tolerations) json["spec"]["tolerations"].push_back(toleration);
    });
}

std::optional<TimePoint> leaves(
    const PodBuilder& pod, const std::vector<Taint>& taints, SilenceVerdict silence = {}) {
    return eviction_time(TaintedPod::parse(pod.json()), taints, silence);
}

}  // namespace

TEST_CASE("Taint eviction: a pod leaves when it tolerates a NoExecute taint no longer", "[node]") {
    struct Row {
        const char* name;
        PodBuilder pod;
        std::vector<Taint> taints;
        std::optional<TimePoint> leaves;
    };
    const auto pod = a_pod("p").created(0);
    const auto daemon = pod.of(a_daemonset("logs"));
    const std::vector<Row> rows{
        {"no taint", pod, {}, std::nullopt},
        {"NoSchedule drives nobody away",
         pod,
         {taint("a", 5, TaintEffect::NoSchedule)},
         std::nullopt},
        {"not tolerated: at once", pod, {taint("a", 5)}, at(5)},
        {"tolerated for ever",
         tolerating(pod, {tolerates("a", std::nullopt)}),
         {taint("a", 5)},
         std::nullopt},
        {"tolerated for a while", tolerating(pod, {tolerates("a", 60)}), {taint("a", 5)}, at(65)},
        {"zero seconds", tolerating(pod, {tolerates("a", 0)}), {taint("a", 5)}, at(5)},
        {"negative seconds", tolerating(pod, {tolerates("a", -1)}), {taint("a", 5)}, at(5)},
        {"far future does not overflow",
         tolerating(pod, {tolerates("a", std::numeric_limits<std::int64_t>::max())}),
         {taint("a", 5)},
         at(5) + std::chrono::seconds(100LL * 365 * 24 * 3600)},
        {"younger than the taint",
         tolerating(pod.created(30), {tolerates("a", 60)}),
         {taint("a", 5)},
         at(90)},
        {"two taints: the earlier end",
         tolerating(pod, {tolerates("a", 60), tolerates("b", 10)}),
         {taint("a", 5), taint("b", 20)},
         at(30)},
        {"one of two is not tolerated",
         tolerating(pod, {tolerates("a", 60)}),
         {taint("a", 5), taint("b", 20)},
         at(20)},
        {"the first toleration that covers it counts",
         tolerating(pod, {tolerates("a", 60), tolerates("a", std::nullopt)}),
         {taint("a", 5)},
         at(65)},
        {"a daemon stays on a silent node", daemon, {taint(kSilent, 5)}, std::nullopt},
        {"a daemon stays on a node that is not ready",
         daemon,
         {taint("node.kubernetes.io/not-ready", 5)},
         std::nullopt},
        {"a daemon leaves for a user's taint", daemon, {taint("a", 5)}, at(5)},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(leaves(row.pod, row.taints) == row.leaves);
    }
}

TEST_CASE("Taint eviction: nobody leaves for silence while every node is silent", "[node]") {
    const auto pod = tolerating(a_pod("p").created(0), {tolerates(kSilent, 300)});
    CHECK(leaves(pod, {taint(kSilent, 10)}) == at(310));
    CHECK_FALSE(leaves(pod, {taint(kSilent, 10)}, {.everybody_silent = true}));
    CHECK(leaves(pod, {taint(kSilent, 10)}, {false, at(500)}) == at(800));
    CHECK(leaves(pod, {taint("mine", 10)}, {.everybody_silent = true}) == at(10));
}

TEST_CASE("Taint eviction: the plan takes who is due and says when to look again", "[node]") {
    const std::vector<Taint> taints{taint("a", 0)};
    const auto pod = [](const PodBuilder& builder) { return TaintedPod::parse(builder.json()); };
    const std::vector<TaintedPod> pods{
        pod(a_pod("now")),
        pod(tolerating(a_pod("later"), {tolerates("a", 60)})),
        pod(tolerating(a_pod("soon"), {tolerates("a", 30)})),
        pod(a_pod("going").terminating()),
        pod(a_pod("done").phase("Succeeded")),
        pod(a_pod("static").annotated("kubernetes.io/config.mirror", "x"))};
    const auto plan = plan_evictions(pods, taints, {}, at(10));
    REQUIRE(plan.evict.size() == 1);
    CHECK(plan.evict.front().name == "now");
    CHECK(plan.next == at(30));
    CHECK(plan_evictions(pods, taints, {}, at(60)).evict.size() == 3);
    CHECK_FALSE(plan_evictions(pods, taints, {}, at(60)).next);
}
