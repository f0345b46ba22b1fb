#include "common/api/disruption_budget.hpp"

#include "tests/support/builders.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::testing;

namespace {

DisruptionBudget a_budget(const std::string& spec) {
    Json object{
        {"metadata", {{"name", "b"}, {"namespace", "default"}}}, {"spec", Json::parse(spec)}};
    object["spec"]["selector"] = Json::object();
    return DisruptionBudget::parse(object);
}

/// Each letter is a pod: r ready, u unready, t ready and terminating, F failed; in capitals R and U
/// belong to a set.
std::vector<std::shared_ptr<const Pod>> pods_of(const std::string& picture) {
    std::vector<std::shared_ptr<const Pod>> pods;
    for (const auto letter : picture) {
        auto pod = a_pod("p" + std::to_string(pods.size())).on("n").phase("Running");
        if (letter == 'r' || letter == 'R' || letter == 't') pod = pod.ready();
        if (letter == 't') pod = pod.terminating();
        if (letter == 'F') pod = pod.phase("Failed");
        if (letter == 'R' || letter == 'U') pod = pod.of(a_daemonset("logs"));
        pods.push_back(pod.ptr());
    }
    return pods;
}

}  // namespace

TEST_CASE("Disruption budget: what is counted and how many may go", "[disruption]") {
    struct Row {
        const char* name;
        const char* spec;
        const char* pods;
        DisruptionCounts counts;  // expected, healthy, desired, allowed
    };
    const std::vector<Row> rows{
        {"a number that must stay", R"({"minAvailable":2})", "rrr", {3, 3, 2, 1}},
        {"no more than there are", R"({"minAvailable":5})", "rrr", {3, 3, 5, 0}},
        {"unready pods are not healthy", R"({"minAvailable":1})", "rru", {3, 2, 1, 1}},
        {"nor are those on their way out", R"({"minAvailable":1})", "rrt", {3, 2, 1, 1}},
        {"ended pods do not count", R"({"minAvailable":"50%"})", "rrF", {2, 2, 1, 1}},
        {"a share that must stay is rounded up", R"({"minAvailable":"50%"})", "rrr", {3, 3, 2, 1}},
        {"a number that may be away", R"({"maxUnavailable":1})", "rrr", {3, 3, 2, 1}},
        {"who is away already counts", R"({"maxUnavailable":1})", "rru", {3, 2, 2, 0}},
        {"a share that may be away is rounded up",
         R"({"maxUnavailable":"30%"})",
         "rrr",
         {3, 3, 2, 1}},
        {"all may be away", R"({"maxUnavailable":"100%"})", "rr", {2, 2, 0, 2}},
        {"none may be away", R"({"maxUnavailable":0})", "rr", {2, 2, 2, 0}},
        {"a set counts with what it wants", R"({"maxUnavailable":1})", "RR", {4, 2, 3, 0}},
        {"so it does beside others", R"({"minAvailable":"50%"})", "RRrr", {6, 4, 3, 1}},
        {"a plain number asks no set", R"({"minAvailable":1})", "RR", {2, 2, 1, 1}},
        {"no pods", R"({"maxUnavailable":1})", "", {0, 0, 0, 0}},
        {"says nothing", "{}", "rr", {2, 2, 0, 2}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto counts =
            count_disruptions(a_budget(row.spec), pods_of(row.pods), {{"set-logs", 4}});
        CHECK(counts == row.counts);
    }
}

TEST_CASE("Disruption budget: which evictions it lets pass", "[disruption]") {
    struct Row {
        const char* name;
        const char* policy;
        const char* pods;  // the first one is to go
        bool allowed;
    };
    const std::vector<Row> rows{
        {"there are enough", "IfHealthyBudget", "rrr", true},
        {"there are not", "IfHealthyBudget", "rru", false},
        {"a broken one beside enough healthy ones", "IfHealthyBudget", "urr", true},
        {"a broken one beside too few", "IfHealthyBudget", "uur", false},
        {"a broken one that may always go", "AlwaysAllow", "uur", true},
        {"a healthy one may not, whatever the policy for broken ones", "AlwaysAllow", "rru", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto budget = a_budget(
            R"({"minAvailable":2,"unhealthyPodEvictionPolicy":")" + std::string(row.policy) +
            "\"}");
        const auto pods = pods_of(row.pods);
        CHECK(may_evict(budget, count_disruptions(budget, pods, {}), *pods.front()) == row.allowed);
    }
}

TEST_CASE("Disruption budget: who asks it at all", "[disruption]") {
    CHECK(needs_budget(*pods_of("r").front()));
    CHECK(needs_budget(*pods_of("u").front()));
    CHECK_FALSE(needs_budget(*pods_of("t").front()));
    CHECK_FALSE(needs_budget(*pods_of("F").front()));
    CHECK_FALSE(needs_budget(a_pod("pending").on("n").phase("Pending").view()));
}

TEST_CASE("Disruption budget: which pods it is about", "[disruption]") {
    const auto pod = a_pod("p").labelled("app", "web").view();
    Json object{
        {"metadata", {{"name", "b"}, {"namespace", "default"}}},
        {"spec", {{"selector", {{"matchLabels", {{"app", "web"}}}}}}}};
    CHECK(DisruptionBudget::parse(object).selects(pod.meta));
    object["metadata"]["namespace"] = "other";
    CHECK_FALSE(DisruptionBudget::parse(object).selects(pod.meta));
    CHECK(a_budget("{}").selects(pod.meta));
    object = {{"metadata", {{"name", "b"}, {"namespace", "default"}}}, {"spec", Json::object()}};
    CHECK_FALSE(DisruptionBudget::parse(object).selects(pod.meta));
}
