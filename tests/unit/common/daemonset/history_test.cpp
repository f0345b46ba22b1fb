#include "common/daemonset/history.hpp"

#include "tests/support/builders.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

namespace {

RevisionPtr revision_of(const DaemonSet& set, std::int64_t number, const std::string& hash = "") {
    const auto used = hash.empty() ? template_hash(set.pod_template, std::nullopt) : hash;
    return std::make_shared<const ControllerRevision>(
        ControllerRevision::parse(make_revision(set, used, number)));
}

std::vector<std::int64_t> numbers(const std::vector<RevisionPtr>& revisions) {
    std::vector<std::int64_t> result;
    for (const auto& revision : revisions) result.push_back(revision->revision);
    return result;
}

const DaemonSetBuilder kFirst = a_daemonset("logs").image("daemon:1");
const DaemonSetBuilder kSecond = a_daemonset("logs").image("daemon:2");
const DaemonSetBuilder kThird = a_daemonset("logs").image("daemon:3");

}  // namespace

TEST_CASE("History: the first template is revision 1", "[daemonset][history]") {
    const auto plan = plan_history(kFirst, {});
    CHECK_FALSE(plan.current);
    CHECK(plan.number == 1);
    CHECK(plan.hash == template_hash(kFirst.view().pod_template, std::nullopt));
}

TEST_CASE("History: a template that is recorded needs nothing", "[daemonset][history]") {
    const auto plan = plan_history(kSecond, {revision_of(kFirst, 1), revision_of(kSecond, 2)});
    REQUIRE(plan.current);
    CHECK(plan.current->revision == 2);
    CHECK_FALSE(plan.renumber);
    CHECK(plan.duplicates.empty());
}

TEST_CASE("History: a new template gets the next number", "[daemonset][history]") {
    const auto plan = plan_history(kThird, {revision_of(kFirst, 1), revision_of(kSecond, 7)});
    CHECK_FALSE(plan.current);
    CHECK(plan.number == 8);
}

TEST_CASE(
    "History: a rollback reuses the old revision under a new number", "[daemonset][history]") {
    const auto plan = plan_history(kFirst, {revision_of(kFirst, 1), revision_of(kSecond, 2)});
    REQUIRE(plan.current);
    CHECK(plan.current->revision == 1);
    CHECK(plan.renumber);
    CHECK(plan.number == 3);
}

TEST_CASE("History: of equal revisions the highest number stays", "[daemonset][history]") {
    const auto plan = plan_history(
        kFirst,
        {revision_of(kFirst, 5, "bbb"), revision_of(kFirst, 2, "aaa"), revision_of(kSecond, 3)});
    REQUIRE(plan.current);
    CHECK(plan.hash == "bbb");
    CHECK(numbers(plan.duplicates) == std::vector<std::int64_t>{2});
    CHECK_FALSE(plan.renumber);
}

TEST_CASE("History: a revision without a hash label gets its name", "[daemonset][history]") {
    auto bare = *revision_of(kFirst, 1);
    bare.meta.labels.erase(kRevisionHashLabel);
    const auto plan = plan_history(kFirst, {std::make_shared<const ControllerRevision>(bare)});
    CHECK(plan.unlabelled.size() == 1);
    CHECK(plan.hash == bare.meta.name);
}

TEST_CASE("History: only a change of the template makes a revision", "[daemonset][history]") {
    const auto changed_otherwise =
        kFirst.on_delete().min_ready(30).history_limit(2).labelled("x", "y").generation(9);
    CHECK(plan_history(changed_otherwise, {revision_of(kFirst, 1)}).current);
    CHECK_FALSE(plan_history(kFirst.node_selector("a", "b"), {revision_of(kFirst, 1)}).current);
}

TEST_CASE(
    "History: clean-up removes the lowest old numbers, but none a living pod wears",
    "[daemonset][history]") {
    const std::vector<RevisionPtr> all{
        revision_of(kFirst, 4, "current"),
        revision_of(kSecond, 3, "c"),
        revision_of(kThird, 1, "a"),
        revision_of(kThird.min_ready(1), 2, "b")};
    struct Row {
        const char* name;
        std::int64_t limit;
        std::set<std::string> in_use;
        std::vector<std::int64_t> removed;
    };
    const std::vector<Row> rows{
        {"room for all", 3, {}, {}},
        {"room for two", 2, {}, {1}},
        {"limit 0 keeps only the current one", 0, {}, {1, 2, 3}},
        {"worn by a pod: the next one goes", 2, {"a"}, {2}},
        {"all worn: nothing goes", 0, {"a", "b", "c"}, {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(
            numbers(surplus_revisions(
                kFirst.history_limit(row.limit), all, "current", row.in_use)) == row.removed);
    }
}

TEST_CASE(
    "History: the data is a patch that restores the template, as clients compare it",
    "[daemonset][history]") {
    CHECK(
        revision_data(kFirst.view().pod_template).dump() ==
        R"({"spec":{"template":{"$patch":"replace","metadata":{"creationTimestamp":null,"labels":{"app":"logs"}},)"
        R"("spec":{"containers":[{"image":"daemon:1","name":"main"}]}}}})");
}

TEST_CASE("History: a revision object", "[daemonset][history]") {
    const auto object =
        make_revision(kFirst.annotated("kubernetes.io/change-cause", "why"), "xyz", 3);
    CHECK(object["metadata"]["name"] == "logs-xyz");
    CHECK(
        object["metadata"]["labels"] == Json{{"app", "logs"}, {"controller-revision-hash", "xyz"}});
    CHECK(object["metadata"]["annotations"]["kubernetes.io/change-cause"] == "why");
    CHECK(object["metadata"]["ownerReferences"][0]["uid"] == "set-logs");
    CHECK(object["revision"] == 3);
}

TEST_CASE("History: a revision of the longest set has a name, too", "[daemonset][history]") {
    const std::string longest(253, 'x');
    const auto named = make_revision(
        kFirst.with([&](Json& json) { json["metadata"]["name"] = longest; }), "4567892456", 1);
    CHECK(named["metadata"]["name"] == std::string(223, 'x') + "-4567892456");
}

TEST_CASE(
    "History: the hash is stable, safe in names, and another one after a collision",
    "[daemonset][history]") {
    const auto pod_template = kFirst.view().pod_template;
    const auto hash = template_hash(pod_template, std::nullopt);
    CHECK(hash == template_hash(kFirst.generation(8).view().pod_template, std::nullopt));
    CHECK(hash != template_hash(kSecond.view().pod_template, std::nullopt));
    CHECK(hash != template_hash(pod_template, 1));
    CHECK(hash.find_first_not_of("bcdfghjklmnpqrstvwxz2456789") == std::string::npos);
}
