#include "tests/integration/controller/controlled_cluster.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace picket;
using namespace picket::testing;

namespace {

const Target kBudget{"policy/v1", "poddisruptionbudgets", "default", "web"};

Json a_web_pod(const std::string& name) {
    const Json container{{"name", "main"}, {"image", "busybox"}};
    return {
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata", {{"name", name}, {"labels", {{"app", "web"}}}}},
        {"spec", {{"nodeName", "n1"}, {"containers", Json::array({container})}}}};
}

Json an_eviction(const std::string& name) {
    return {
        {"apiVersion", "policy/v1"},
        {"kind", "Eviction"},
        {"metadata", {{"name", name}, {"namespace", "default"}}}};
}

Awaitable<Result<Json>> evict(ControlledCluster& cluster, const std::string& name) {
    return cluster.api().create({"v1", "pods", "default", name, "eviction"}, an_eviction(name));
}

Json budget_status(ControlledCluster& cluster) {
    return cluster.object(kBudget).value("status", Json::object());
}

}  // namespace

TEST_CASE(
    "A disruption budget lets go as many as it allows, however many are asked for at once",
    "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1");
    for (const auto* name : {"a", "b", "c"})
        cluster.ok(cluster.api().create({"v1", "pods", "default"}, a_web_pod(name)));
    cluster.ok(cluster.api().create(
        {"policy/v1", "poddisruptionbudgets", "default"},
        {{"apiVersion", "policy/v1"},
         {"kind", "PodDisruptionBudget"},
         {"metadata", {{"name", "web"}}},
         {"spec", {{"minAvailable", 2}, {"selector", {{"matchLabels", {{"app", "web"}}}}}}}}));
    REQUIRE(cluster.eventually([&] { return budget_status(cluster)["disruptionsAllowed"] == 1; }));
    CHECK(budget_status(cluster)["currentHealthy"] == 3);
    CHECK(budget_status(cluster)["desiredHealthy"] == 2);
    CHECK(budget_status(cluster)["expectedPods"] == 3);
    CHECK(budget_status(cluster)["observedGeneration"] == 1);
    CHECK(budget_status(cluster)["conditions"][0]["reason"] == "SufficientPods");

    std::vector<Result<Json>> answers;
    for (const auto* name : {"a", "b", "c"}) {
        boost::asio::co_spawn(
            cluster.server().runner().executor(),
            evict(cluster, name),
            [&answers](std::exception_ptr failure, Result<Json> answer) {
                if (!failure) answers.push_back(std::move(answer));
            });
    }
    REQUIRE(cluster.eventually([&] { return answers.size() == 3; }, false));
    std::size_t allowed = 0;
    for (const auto& answer : answers) {
        allowed += answer ? 1 : 0;
        if (answer) continue;
        CHECK(answer.error().reason == Reason::TooManyRequests);
        CHECK(
            answer.error().message ==
            "Cannot evict pod as it would violate the pod's disruption budget.");
        CHECK_FALSE(answer.error().retry_after_seconds);
        REQUIRE(answer.error().causes.size() == 1);
        CHECK(answer.error().causes[0].detail_reason == "DisruptionBudget");
        CHECK(
            answer.error().causes[0].message ==
            "The disruption budget web needs 2 healthy pods and has 2 currently");
    }
    CHECK(allowed == 1);
    CHECK(cluster.eventually([&] { return budget_status(cluster)["disruptionsAllowed"] == 0; }));
    CHECK(budget_status(cluster)["conditions"][0]["reason"] == "InsufficientPods");

    // A new one comes, so the next may go.
    cluster.ok(cluster.api().create({"v1", "pods", "default"}, a_web_pod("d")));
    CHECK(cluster.eventually([&] { return budget_status(cluster)["disruptionsAllowed"] == 1; }));
    cluster.ok(evict(cluster, "d"));
}
