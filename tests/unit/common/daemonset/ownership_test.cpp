#include "common/daemonset/ownership.hpp"

#include "tests/support/builders.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

TEST_CASE("Ownership: keep, adopt, release or ignore", "[daemonset][ownership]") {
    const auto logs = a_daemonset("logs");
    const auto other = a_daemonset("other");
    const auto deleted = logs.terminating();
    const auto matching = a_pod("p").labelled("app", "logs");
    struct Row {
        const char* name;
        DaemonSetBuilder set;
        PodBuilder pod;
        Claim claim;
    };
    const std::vector<Row> rows{
        {"ours and matching", logs, matching.owned_by(logs), Claim::Keep},
        {"ours, labels no longer match", logs, a_pod("p").owned_by(logs), Claim::Release},
        {"ours, terminating", logs, matching.owned_by(logs).terminating(), Claim::Keep},
        {"another controller's, matching", logs, matching.owned_by(other), Claim::Ignore},
        {"a former set's of the same name",
         logs.uid("new"),
         matching.owned_by(logs),
         Claim::Ignore},
        {"nobody's, matching", logs, matching, Claim::Adopt},
        {"nobody's, matching, terminating", logs, matching.terminating(), Claim::Ignore},
        {"nobody's, not matching", logs, a_pod("p").labelled("app", "web"), Claim::Ignore},
        {"nobody's, no labels", logs, a_pod("p"), Claim::Ignore},
        {"nobody's, matching, in another namespace", logs, matching.in("elsewhere"), Claim::Ignore},
        {"a set being deleted adopts nothing", deleted, matching, Claim::Ignore},
        {"a set being deleted releases nothing", deleted, a_pod("p").owned_by(logs), Claim::Keep},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(claim_object(row.set, row.pod.view().meta) == row.claim);
    }
}

TEST_CASE("Ownership: an empty or missing selector claims nothing", "[daemonset][ownership]") {
    const auto pod = a_pod("p").labelled("app", "logs").view();
    const auto empty =
        a_daemonset("logs").with([](Json& json) { json["spec"]["selector"] = Json::object(); });
    const auto missing =
        a_daemonset("logs").with([](Json& json) { json["spec"].erase("selector"); });
    CHECK(claim_object(empty, pod.meta) == Claim::Ignore);
    CHECK(claim_object(missing, pod.meta) == Claim::Ignore);
}
