#include "controller/garbage_collector/owner_graph.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::controller;

namespace {

using Action = GarbageDecision::Action;

struct Object {
    ObjectMeta meta;

    explicit Object(const std::string& uid, const std::string& namespace_name = "default") {
        meta.uid = uid;
        meta.name = uid;
        meta.namespace_name = namespace_name;
    }
    Object& owned_by(const std::string& owner, bool blocks = true) {
        OwnerReference reference;
        reference.uid = owner;
        reference.block_owner_deletion = blocks;
        meta.owners.push_back(std::move(reference));
        return *this;
    }
    Object& owned_by_kind(
        const std::string& owner, const std::string& version, const std::string& kind) {
        owned_by(owner);
        meta.owners.back().api_version = version;
        meta.owners.back().kind = kind;
        return *this;
    }
    Object& deleting(std::string_view finalizer = {}) {
        meta.deletion = TimePoint{};
        if (!finalizer.empty()) meta.finalizers.emplace_back(finalizer);
        return *this;
    }
};

OwnerGraph graph_of(
    const std::vector<Object>& objects, const std::vector<std::string>& absent = {}) {
    OwnerGraph graph;
    for (const auto& object : objects)
        graph.put({nullptr, std::make_shared<const ObjectMeta>(object.meta)});
    for (const auto& uid : absent) graph.mark_absent(uid);
    return graph;
}

}  // namespace

TEST_CASE("Garbage: what becomes of an object by the state of its owners", "[garbage]") {
    const auto set = Object("set");
    const auto leaving = Object("set").deleting(kForegroundFinalizer);
    struct Row {
        const char* name;
        OwnerGraph graph;
        Action action;
        std::vector<std::string> uids;
    };
    const std::vector<Row> rows{
        {"no owner", graph_of({Object("pod")}), Action::None, {}},
        {"its owner is there", graph_of({set, Object("pod").owned_by("set")}), Action::None, {}},
        {"an owner nobody has seen: ask first",
         graph_of({Object("pod").owned_by("set")}),
         Action::LookUpOwners,
         {"set"}},
        {"its only owner is absent",
         graph_of({Object("pod").owned_by("set")}, {"set"}),
         Action::Delete,
         {}},
        {"all owners are absent",
         graph_of({Object("pod").owned_by("a").owned_by("b")}, {"a", "b"}),
         Action::Delete,
         {}},
        {"one owner is left",
         graph_of({set, Object("pod").owned_by("gone").owned_by("set")}, {"gone"}),
         Action::StripOwners,
         {"gone"}},
        {"an owner in foreground deletion",
         graph_of({leaving, Object("pod").owned_by("set")}),
         Action::Delete,
         {}},
        {"an owner in foreground deletion, another one solid",
         graph_of({leaving, Object("other"), Object("pod").owned_by("set").owned_by("other")}),
         Action::StripOwners,
         {"set"}},
        {"an owner that terminates without foreground is still there",
         graph_of({Object("set").deleting(), Object("pod").owned_by("set")}),
         Action::None,
         {}},
        {"a namespaced owner in another namespace is absent",
         graph_of({Object("set", "elsewhere"), Object("pod").owned_by("set")}),
         Action::Delete,
         {}},
        {"a cluster-wide owner is not",
         graph_of({Object("set", ""), Object("pod").owned_by("set")}),
         Action::None,
         {}},
        {"a namespaced owner of a cluster-wide object cannot be found, so it keeps it",
         graph_of({Object("set"), Object("pod", "").owned_by_kind("set", "apps/v1", "DaemonSet")}),
         Action::None,
         {}},
        {"the same when the owner is gone",
         graph_of({Object("pod", "").owned_by_kind("set", "apps/v1", "DaemonSet")}, {"set"}),
         Action::None,
         {}},
        {"a cluster-wide owner of a cluster-wide object that is gone",
         graph_of({Object("pod", "").owned_by_kind("node", "v1", "Node")}, {"node"}),
         Action::Delete,
         {}},
        {"already being deleted",
         graph_of({Object("pod").owned_by("set").deleting()}, {"set"}),
         Action::None,
         {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto decision = decide_garbage(row.graph, "pod");
        CHECK(decision.action == row.action);
        CHECK(decision.uids == row.uids);
    }
}

TEST_CASE(
    "Garbage: foreground deletion waits for dependents that block, and takes all along",
    "[garbage]") {
    const auto set = Object("set").deleting(kForegroundFinalizer);
    const auto decide = [&](std::vector<Object> dependents) {
        dependents.push_back(set);
        return decide_garbage(graph_of(dependents), "set");
    };
    CHECK(decide({}).action == Action::FinishForeground);
    CHECK(decide({Object("pod").owned_by("set")}).action == Action::LookAtDependents);
    CHECK(decide({Object("pod").owned_by("set").deleting()}).action == Action::LookAtDependents);
    CHECK(decide({Object("pod").owned_by("set", false)}).action == Action::FinishForeground);
}

TEST_CASE("Garbage: the orphan finalizer lets the dependents go", "[garbage]") {
    const auto graph = graph_of(
        {Object("set").deleting(kOrphanFinalizer),
         Object("pod").owned_by("set"),
         Object("revision").owned_by("set")});
    const auto decision = decide_garbage(graph, "set");
    CHECK(decision.action == Action::Orphan);
    CHECK(decision.uids == std::vector<std::string>{"pod", "revision"});
}

TEST_CASE("Garbage: how a dependent is deleted", "[garbage]") {
    const auto leaving = Object("set").deleting(kForegroundFinalizer);
    const auto propagation = [](const OwnerGraph& graph) {
        return decide_garbage(graph, "middle").propagation;
    };
    CHECK(propagation(graph_of({Object("middle").owned_by("set")}, {"set"})) == "Background");
    CHECK(propagation(graph_of({leaving, Object("middle").owned_by("set")})) == "Background");
    CHECK(
        propagation(graph_of(
            {leaving, Object("middle").owned_by("set"), Object("pod").owned_by("middle")})) ==
        "Foreground");
}

TEST_CASE("Garbage: a cycle of owners does not block", "[garbage]") {
    auto first = Object("set").owned_by("middle").deleting(kForegroundFinalizer);
    const auto graph = graph_of({first, Object("middle").owned_by("set")});
    const auto decision = decide_garbage(graph, "middle");
    CHECK(decision.action == Action::Delete);
    CHECK(decision.propagation == "Background");
}

TEST_CASE("Garbage: the graph forgets with the objects", "[garbage]") {
    auto graph = graph_of({Object("set"), Object("pod").owned_by("set")});
    CHECK(graph.dependents("set").count("pod") == 1);
    graph.put({nullptr, std::make_shared<const ObjectMeta>(Object("pod").meta)});
    CHECK(graph.dependents("set").empty());
    graph.mark_absent("set");
    CHECK_FALSE(graph.known_absent("set"));
}
