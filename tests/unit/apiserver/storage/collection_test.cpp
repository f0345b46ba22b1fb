#include "apiserver/storage/collection.hpp"

#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket::storage;
using namespace picket::storage::testing;
using Names = std::vector<std::string>;

namespace {

Collection three_namespaces(Collection::ByRow& rows) {
    Collection pods({"spec.nodeName"}, rows);
    pods.put(a_pod("c", 1).in("beta").on("n1").build(), 1);
    pods.put(a_pod("a", 2).in("beta").on("n2").build(), 2);
    pods.put(a_pod("b", 3).in("alpha").on("n1").build(), 3);
    pods.put(a_pod("d", 4).in("gamma").on("n1").build(), 4);
    return pods;
}

Names listed(const Collection& pods, const Filter& filter) {
    return names_of(pods.list(filter, 0, std::nullopt).objects);
}

Filter in_namespace(std::string name) {
    Filter filter;
    filter.namespace_name = std::move(name);
    return filter;
}

}  // namespace

TEST_CASE("collection: lists in order of namespace, then name", "[collection]") {
    Collection::ByRow rows;
    CHECK(listed(three_namespaces(rows), {}) == Names{"b", "a", "c", "d"});
    CHECK(listed(three_namespaces(rows), in_namespace("beta")) == Names{"a", "c"});
    CHECK(listed(three_namespaces(rows), in_namespace("bet")).empty());
    CHECK(listed(three_namespaces(rows), on_node("n1")) == Names{"b", "c", "d"});
    CHECK(listed(three_namespaces(rows), on_node("n3")).empty());
}

TEST_CASE("collection: restrictions combine with the field index", "[collection]") {
    Collection::ByRow rows;
    auto filter = on_node("n1");
    filter.namespace_name = "beta";
    CHECK(listed(three_namespaces(rows), filter) == Names{"c"});
    filter.name = "a";
    CHECK(listed(three_namespaces(rows), filter).empty());
}

TEST_CASE("collection: a name is found with and without its namespace", "[collection]") {
    Collection::ByRow rows;
    Filter filter;
    filter.name = "c";
    CHECK(listed(three_namespaces(rows), filter) == Names{"c"});
    filter.namespace_name = "beta";
    CHECK(listed(three_namespaces(rows), filter) == Names{"c"});
    filter.namespace_name = "alpha";
    CHECK(listed(three_namespaces(rows), filter).empty());
}

TEST_CASE("collection: a cluster-scoped name is found", "[collection]") {
    Collection::ByRow rows;
    Collection nodes({}, rows);
    for (const auto* name : {"n1", "n2", "n3"}) nodes.put(a_pod(name, 1).in("").build(), 1);
    Filter filter;
    filter.name = "n2";
    CHECK(listed(nodes, filter) == Names{"n2"});
}

TEST_CASE("collection: the index follows an object that moves and one that goes", "[collection]") {
    Collection::ByRow rows;
    auto pods = three_namespaces(rows);
    pods.put(a_pod("c", 5).in("beta").on("n2").build(), 5);
    CHECK(listed(pods, on_node("n1")) == Names{"b", "d"});
    CHECK(listed(pods, on_node("n2")) == Names{"a", "c"});
    pods.remove({"pods", "beta", "c"});
    CHECK(listed(pods, on_node("n2")) == Names{"a"});
    CHECK(pods.size() == 3);
}

TEST_CASE(
    "collection: objects without the indexed field are listed by its absence", "[collection]") {
    Collection::ByRow rows;
    Collection pods({"spec.nodeName"}, rows);
    pods.put(a_pod("free", 1).build(), 1);
    pods.put(a_pod("bound", 2).on("n1").build(), 2);
    CHECK(listed(pods, on_node("")) == Names{"free"});
}

TEST_CASE("collection: pages of any size give every object once", "[collection]") {
    Collection::ByRow rows;
    const auto pods = three_namespaces(rows);
    const std::size_t limit = GENERATE(1, 2, 3, 4, 5);
    const auto filter = GENERATE(Filter{}, in_namespace("beta"), on_node("n1"));
    Names paged;
    std::optional<ObjectKey> after;
    for (bool more = true; more;) {
        const auto page = pods.list(filter, limit, after);
        for (const auto& name : names_of(page.objects)) paged.push_back(name);
        CHECK(
            page.objects.size() + page.remaining + paged.size() - page.objects.size() ==
            listed(pods, filter).size());
        more = page.more;
        if (!page.objects.empty()) after = page.objects.back()->key;
    }
    CHECK(paged == listed(pods, filter));
}

TEST_CASE("collection: a page continues after an object that has gone", "[collection]") {
    Collection::ByRow rows;
    auto pods = three_namespaces(rows);
    pods.remove({"pods", "beta", "a"});
    const auto page = pods.list({}, 0, ObjectKey{"pods", "beta", "a"});
    CHECK(names_of(page.objects) == Names{"c", "d"});
}

TEST_CASE(
    "collection: a volatile object stays in the row of its last durable state", "[collection]") {
    Collection::ByRow rows;
    Collection leases({}, rows);
    CHECK_FALSE(leases.put(a_pod("n1", 3).build(), 3).object);
    CHECK(leases.put(a_pod("n1", 4).build(), 0).row == 3);
    CHECK(leases.put(a_pod("n1", 5).build(), 5).row == 3);
    const auto last = leases.remove(pod_key("n1"));
    CHECK(last.row == 5);
    CHECK(last.object->revision == 5);
}

TEST_CASE("collection: objects are known by the order of their rows", "[collection]") {
    Collection::ByRow rows;
    Collection pods({}, rows);
    const auto order = [&rows] {
        std::vector<std::string> names;
        for (const auto& slot : rows) names.push_back(slot.entry.object->key.name);
        return names;
    };
    for (Revision row = 1; row <= 3; ++row)
        pods.put(a_pod(std::string(1, static_cast<char>('a' + row - 1)), row).build(), row);
    pods.put(a_pod("never-durable", 4).build(), 0);
    pods.put(a_pod("a", 5).build(), 5);
    pods.put(a_pod("b", 6).build(), 0);
    CHECK(order() == Names{"b", "c", "a"});
    const auto b = pods.find("default", "b").object;
    pods.copied(b, 7);
    CHECK(order() == Names{"c", "a", "b"});
    CHECK(pods.find("default", "b").row == 7);
    // What has been replaced meanwhile lies where its own row is.
    pods.put(a_pod("c", 8).build(), 8);
    pods.copied(a_pod("c", 3).build(), 9);
    CHECK(pods.find("default", "c").row == 8);
    pods.remove(pod_key("a"));
    CHECK(order() == Names{"b", "c"});
}
