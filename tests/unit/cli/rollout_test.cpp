#include "cli/revisions.hpp"
#include "cli/rollout_status.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::cli;

namespace {

struct Row {
    const char* name;
    const char* set;
    bool done;
    const char* says;
};

Json revision(int number, const char* owner) {
    return {
        {"revision", number},
        {"data", {{"n", number}}},
        {"metadata", {{"ownerReferences", Json::array({{{"uid", owner}, {"controller", true}}})}}}};
}

}  // namespace

TEST_CASE("rollout status: from the change to the end", "[rollout]") {
    const auto row = GENERATE(values<Row>({
        {"not seen yet",
         R"({"metadata":{"generation":2},"status":{"observedGeneration":1}})",
         false,
         "to be seen"},
        {"pods left to update",
         R"({"metadata":{"generation":2},"status":{"observedGeneration":2,"desiredNumberScheduled":3,"updatedNumberScheduled":1}})",
         false,
         "1 of 3 pods are updated"},
        {"updated, not available",
         R"({"metadata":{"generation":2},"status":{"observedGeneration":2,"desiredNumberScheduled":3,"updatedNumberScheduled":3,"numberAvailable":2}})",
         false,
         "2 of 3 updated pods are available"},
        {"done",
         R"({"metadata":{"generation":2},"status":{"observedGeneration":2,"desiredNumberScheduled":3,"updatedNumberScheduled":3,"numberAvailable":3}})",
         true,
         "successfully rolled out"},
        {"no rollout", R"({"spec":{"updateStrategy":{"type":"OnDelete"}}})", true, "OnDelete"},
    }));
    CAPTURE(row.name);
    const RolloutStatus status = rollout_status(Json::parse(row.set));
    CHECK(status.done == row.done);
    CHECK_THAT(status.message, Catch::Contains(row.says));
}

TEST_CASE("rollout history: own revisions, oldest first, and which one to return to", "[rollout]") {
    const Json set = {{"metadata", {{"uid", "u1"}}}};
    const auto own = revisions_of(
        set, Json::array({revision(3, "u1"), revision(9, "other"), revision(1, "u1")}));
    REQUIRE(own.size() == 2);
    CHECK(own.front()["revision"] == 1);
    CHECK(revision_to_return_to(own, 0)->at("revision") == 1);
    CHECK(revision_to_return_to(own, 3)->at("revision") == 3);
    CHECK_FALSE(revision_to_return_to(own, 2).has_value());
    CHECK_FALSE(revision_to_return_to({own.front()}, 0).has_value());
    CHECK_THAT(format_history(own), Catch::Contains("REVISION") && Catch::Contains("<none>"));
}
