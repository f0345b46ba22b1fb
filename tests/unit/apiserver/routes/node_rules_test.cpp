#include "apiserver/routes/access.hpp"
#include "apiserver/routes/node_credential.hpp"
#include "apiserver/routes/node_hosts.hpp"
#include "apiserver/routes/pod_stream.hpp"
#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::apiserver;

namespace {

const TimePoint kJoinTime = *parse_time("2026-01-02T03:04:05Z");
TimePoint at(int seconds) {
    return kJoinTime + std::chrono::seconds(seconds);
}

Json a_pod(std::vector<std::string> containers) {
    Json list = Json::array();
    for (const auto& name : containers) list.push_back({{"name", name}});
    return {{"metadata", {{"name", "p"}}}, {"spec", {{"containers", list}}}};
}

}  // namespace

TEST_CASE("Node name: who may take it", "[node_credential]") {
    struct Row {
        const char* name;
        std::string agent;
        NameHolder holder;
        bool may;
    };
    const auto row = GENERATE(
        Row{"its own agent", "a", {"a", at(-100), true, at(10)}, true},
        Row{"another, alive", "b", {"a", at(-100), true, at(10)}, false},
        Row{"another, just fallen silent", "b", {"a", at(-900), true, at(-1)}, false},
        Row{"another, silent for long", "b", {"a", at(-900), true, at(-121)}, true},
        Row{"another, its Node deleted", "b", {"a", at(-100), false, at(10)}, true},
        Row{"another, just joined", "b", {"a", at(-5), false, std::nullopt}, false},
        Row{"another, never came alive", "b", {"a", at(-100), true, std::nullopt}, true});
    CAPTURE(row.name);
    const auto taken = may_take_name("n1", row.agent, row.holder, kJoinTime);
    CHECK(taken.has_value() == row.may);
    if (!row.may) CHECK(taken.error().reason == Reason::Conflict);
}

TEST_CASE("Node host: who may speak for the node", "[node_hosts]") {
    struct Row {
        const char* name;
        std::string host;
        NodeSpeaker present;
        bool may;
    };
    const auto row = GENERATE(
        Row{"the same boot", "b1/7", {"b1/7", at(-1)}, true},
        Row{"the same boot after a long silence", "b1/7", {"b1/7", at(-900)}, true},
        Row{"a copy of the machine", "b2/7", {"b1/7", at(-1)}, false},
        Row{"a copy of the data dir on the same machine", "b1/8", {"b1/7", at(-1)}, false},
        Row{"the last moment of the other's Lease", "b2/7", {"b1/7", at(-9)}, false},
        Row{"the same machine after a reboot", "b2/7", {"b1/7", at(-10)}, true});
    CAPTURE(row.name);
    const auto spoken = may_speak("n1", row.host, row.present, std::chrono::seconds(10), kJoinTime);
    CHECK(spoken.has_value() == row.may);
    // Not for good: the agent has to ask again.
    if (!row.may) CHECK(spoken.error().reason == Reason::ServiceUnavailable);
}

TEST_CASE("Container of a log: named, only or default", "[pod_log]") {
    CHECK(*choose_container(a_pod({"a", "b"}), "b") == "b");
    CHECK(*choose_container(a_pod({"a"}), "") == "a");
    auto pod = a_pod({"a", "b"});
    pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"] = "b";
    CHECK(*choose_container(pod, "") == "b");
    pod["spec"]["initContainers"] = {{{"name", "setup"}}};
    CHECK(*choose_container(pod, "setup") == "setup");
}

TEST_CASE("Container of a log: what cannot be chosen", "[pod_log]") {
    CHECK(
        choose_container(a_pod({"a", "b"}), "").error().message ==
        "a container name must be specified for pod p, choose one of: [a b]");
    CHECK(
        choose_container(a_pod({"a"}), "nope").error().message ==
        "container nope is not valid for pod p");
}

TEST_CASE("References of a pod: every place counts", "[access]") {
    struct Row {
        const char* name;
        Json spec;
        const char* resource;
    };
    const Json by_name = {{"name", "x"}};
    const auto row = GENERATE_COPY(
        Row{"envFrom config map",
            {{"containers", {{{"envFrom", {{{"configMapRef", by_name}}}}}}}},
            "configmaps"},
        Row{"env of an init container",
            {{"initContainers", {{{"env", {{{"valueFrom", {{"secretKeyRef", by_name}}}}}}}}}},
            "secrets"},
        Row{"config map volume", {{"volumes", {{{"configMap", by_name}}}}}, "configmaps"},
        Row{"secret volume", {{"volumes", {{{"secret", {{"secretName", "x"}}}}}}}, "secrets"},
        Row{"projected secret",
            {{"volumes", {{{"projected", {{"sources", {{{"secret", by_name}}}}}}}}}},
            "secrets"},
        Row{"pull secret", {{"imagePullSecrets", {by_name}}}, "secrets"},
        Row{"service account", {{"serviceAccountName", "x"}}, "serviceaccounts"});
    CAPTURE(row.name);
    const Json pod = {{"spec", row.spec}};
    for (const auto* resource : {"configmaps", "secrets", "serviceaccounts"}) {
        CAPTURE(resource);
        CHECK(pod_refers_to(pod, resource, "x") == (std::string_view(resource) == row.resource));
        CHECK_FALSE(pod_refers_to(pod, resource, "y"));
    }
}

TEST_CASE("References of a pod: without a service account it is default's", "[access]") {
    CHECK(pod_refers_to(Json::object(), "serviceaccounts", "default"));
}

TEST_CASE("Node rules: the pull secrets of the revision that a node pulls ahead", "[node]") {
    Json pod;
    pod["metadata"]["annotations"]["picket.dev/prefetch"] =
        R"({"revision":"r2","images":[],"imagePullSecrets":["next"]})";
    CHECK(pod_refers_to(pod, "secrets", "next"));
    CHECK_FALSE(pod_refers_to(pod, "secrets", "other"));
    CHECK_FALSE(pod_refers_to(pod, "configmaps", "next"));
    // A node may make such pods itself.
    pod["metadata"]["annotations"]["kubernetes.io/config.mirror"] = "x";
    CHECK_FALSE(pod_refers_to(pod, "secrets", "next"));
    pod["metadata"]["annotations"] = {{"picket.dev/prefetch", "[\"next\""}};
    CHECK_FALSE(pod_refers_to(pod, "secrets", "next"));
}
