#include "controller/pod_index.hpp"

#include "tests/support/builders.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::controller;
using namespace picket::testing;

namespace {

const DaemonSet kLogSet = a_daemonset("logs");

PodPtr pod_version(const std::string& name, int version, bool terminating = false) {
    auto pod = a_pod(name).of(kLogSet).on("n1").with(
        [&](Json& json) { json["metadata"]["resourceVersion"] = std::to_string(version); });
    return terminating ? pod.terminating().ptr() : pod.ptr();
}

}  // namespace

TEST_CASE("Pod index: pods by controller, by node, and those without a controller", "[pod_index]") {
    PodIndex index;
    index.observe("default/a", pod_version("a", 1));
    index.observe("default/b", a_pod("b").on("n2").ptr());
    CHECK(index.controlled_by("set-logs").count("default/a") == 1);
    CHECK(index.uncontrolled_in("default").count("default/b") == 1);
    CHECK(index.on_node("n2").count("default/b") == 1);

    index.observe("default/b", a_pod("b").of(kLogSet).on("n2").ptr());
    CHECK(index.controlled_by("set-logs").size() == 2);
    CHECK(index.uncontrolled_in("default").empty());

    index.observe("default/a", nullptr);
    CHECK(index.controlled_by("set-logs").size() == 1);
    CHECK(index.on_node("n1").empty());
}

TEST_CASE("Pod index: a created pod counts before the informer shows it", "[pod_index]") {
    PodIndex index;
    index.assume(pod_version("a", 5), at(0));
    CHECK(index.controlled_by("set-logs").size() == 1);
    CHECK(index.awaits_sight());
    index.observe("default/a", pod_version("a", 5));
    CHECK_FALSE(index.awaits_sight());
    CHECK_FALSE(index.drop_unseen(at(3600)));
    CHECK(index.controlled_by("set-logs").size() == 1);
}

TEST_CASE("Pod index: a created pod that is never shown is given up", "[pod_index]") {
    PodIndex index;
    index.assume(pod_version("a", 5), at(0));
    CHECK_FALSE(index.drop_unseen(at(59)));
    CHECK(index.drop_unseen(at(60)));
    CHECK(index.controlled_by("set-logs").empty());
}

TEST_CASE("Pod index: an informer that lags behind does not undo what we know", "[pod_index]") {
    PodIndex index;
    index.observe("default/a", pod_version("a", 5));
    index.assume(pod_version("a", 9, true), at(0));
    index.observe("default/a", pod_version("a", 7));
    CHECK(index.find("default/a")->meta.deleting());
    CHECK_FALSE(index.awaits_sight());
    index.observe("default/a", pod_version("a", 11));
    CHECK_FALSE(index.find("default/a")->meta.deleting());
}

TEST_CASE(
    "Pod index: what the server says is gone is gone, but only that very pod", "[pod_index]") {
    PodIndex index;
    index.observe("default/a", pod_version("a", 5));
    index.assume_gone("default/a", "another-uid", at(0));
    CHECK(index.find("default/a"));
    index.assume_gone("default/a", "pod-a", at(0));
    CHECK_FALSE(index.find("default/a"));
    index.observe("default/a", pod_version("a", 6));  // from before it was deleted
    CHECK_FALSE(index.find("default/a"));
    index.observe("default/a", a_pod("a").uid("made-again").on("n1").ptr());
    CHECK(index.find("default/a"));
}
