#include "common/daemonset/pod_template.hpp"

#include "tests/support/builders.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

TEST_CASE("Pod template: what a daemon pod is made of", "[daemonset][pod_template]") {
    const auto set =
        a_daemonset("logs")
            .template_generation(4)
            .affinity_annotation(std::string("{}"))
            .with([](Json& json) { json["spec"]["template"]["metadata"]["name"] = "ignored"; })
            .view();
    const auto pod = PodFactory(set, {"abc12", set.template_generation()}).make("n1");
    const auto& metadata = pod["metadata"];

    CHECK(pod["kind"] == "Pod");
    CHECK(metadata["generateName"] == "logs-");
    CHECK_FALSE(metadata.contains("name"));
    CHECK(metadata["namespace"] == "default");
    CHECK(
        metadata["labels"] == Json{
                                  {"app", "logs"},
                                  {"controller-revision-hash", "abc12"},
                                  {"pod-template-generation", "4"}});
    CHECK(metadata["annotations"][kAffinityAnnotation] == "{}");
    CHECK(
        metadata["ownerReferences"] == Json::array({{
                                           {"apiVersion", "apps/v1"},
                                           {"kind", "DaemonSet"},
                                           {"name", "logs"},
                                           {"uid", "set-logs"},
                                           {"controller", true},
                                           {"blockOwnerDeletion", true},
                                       }}));
    CHECK(pod["spec"]["nodeName"] == "n1");
    CHECK(pod["spec"]["containers"][0]["image"] == "daemon:1");
    CHECK(pod["spec"]["tolerations"].size() == 6);
}

TEST_CASE(
    "Pod template: a set whose name leaves no room for a dash gives it up",
    "[daemonset][pod_template]") {
    const auto prefix_of = [](std::size_t length) {
        const auto set = a_daemonset("x").with(
            [&](Json& json) { json["metadata"]["name"] = std::string(length, 'x'); });
        const auto pod = PodFactory(set.view(), {"abc"}).make("n1");
        return pod["metadata"]["generateName"].get<std::string>();
    };
    CHECK(prefix_of(10) == "xxxxxxxxxx-");
    CHECK(prefix_of(252).ends_with("x-"));
    CHECK(prefix_of(253) == std::string(253, 'x'));
}

TEST_CASE("Pod template: one factory makes pods for many nodes", "[daemonset][pod_template]") {
    const PodFactory factory(a_daemonset("logs"), {"abc12"});
    CHECK(factory.make("n1")["spec"]["nodeName"] == "n1");
    CHECK(factory.make("n2")["spec"]["nodeName"] == "n2");
}

TEST_CASE(
    "Pod template: without the annotation there is no generation label",
    "[daemonset][pod_template]") {
    const auto pod = PodFactory(a_daemonset("logs"), {"abc12"}).make("n1");
    CHECK_FALSE(pod["metadata"]["labels"].contains(kTemplateGenerationLabel));
}

TEST_CASE(
    "Pod template: a pod is updated by its hash or by its template generation",
    "[daemonset][pod_template]") {
    const CurrentRevision current{"new", "2"};
    CHECK(current.made(a_pod("p").hash("new").view().meta));
    CHECK_FALSE(current.made(a_pod("p").hash("old").view().meta));
    CHECK(current.made(a_pod("p").hash("old").labelled(kTemplateGenerationLabel, "2").view().meta));
    CHECK_FALSE(current.made(a_pod("p").labelled(kTemplateGenerationLabel, "1").view().meta));
    CHECK_FALSE(current.made(a_pod("bare").view().meta));
    CHECK_FALSE(CurrentRevision{"new"}.made(
        a_pod("p").labelled(kTemplateGenerationLabel, "2").view().meta));
}
