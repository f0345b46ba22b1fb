#include "controller/endpoints/endpoints_plan.hpp"
#include "controller/endpoints/service_members.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>

using namespace picket;
using namespace picket::controller;

namespace {

using PodRef = std::shared_ptr<const Pod>;

Service web_service(
    const std::string& spec =
        R"({"selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080,"protocol":"TCP"}]})") {
    return Service::parse(
        {{"metadata",
          {{"name", "web"}, {"namespace", "a"}, {"uid", "s"}, {"labels", {{"x", "y"}}}}},
         {"spec", Json::parse(spec)}});
}

struct PodOptions {
    bool ready = true;
    bool deleting = false;
    std::string phase = "Running";
    std::string ip = {};
    std::string app = "web";
    int named_port = 0;
};

PodRef web_pod(int number, PodOptions options = {}) {
    const auto name = "p" + std::to_string(number);
    Json pod = {
        {"metadata",
         {{"name", name},
          {"namespace", "a"},
          {"uid", "uid-" + name},
          {"labels", {{"app", options.app}}}}},
        {"spec", {{"nodeName", "n1"}, {"containers", Json::array()}}},
        {"status",
         {{"phase", options.phase},
          {"podIP", options.ip.empty() ? "10.0.0." + std::to_string(number) : options.ip},
          {"conditions",
           Json::array({{{"type", "Ready"}, {"status", options.ready ? "True" : "False"}}})}}}};
    if (options.deleting) pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    if (options.named_port != 0) {
        pod["spec"]["containers"].push_back(
            {{"ports",
              Json::array(
                  {{{"name", "http"},
                    {"containerPort", options.named_port},
                    {"protocol", "TCP"}}})}});
    }
    return std::make_shared<const Pod>(Pod::parse(pod));
}

std::vector<std::string> ips(const Json& subset, const char* list) {
    std::vector<std::string> found;
    for (const auto& address : subset.value(list, Json::array())) {
        found.push_back(address.at("ip"));
    }
    return found;
}

ServicePods pods_up_to(int count) {
    ServicePods pods;
    for (int i = 1; i <= count; ++i) {
        pods.push_back(web_pod(
            i, {.ip = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1)}));
    }
    return pods;
}

/// What the server would hold after the plan was carried out.
WholeObjects after(const SlicePlan& plan, WholeObjects present) {
    static int number = 0;
    WholeObjects result;
    std::map<std::string, Json> changed;
    for (const auto& slice : plan.update) changed[slice.at("metadata").at("name")] = slice;
    std::set<std::string> removed;
    for (const auto& meta : plan.remove) removed.insert(meta.name);
    for (const auto& slice : present) {
        if (removed.contains(slice->meta.name)) continue;
        const auto update = changed.find(slice->meta.name);
        result.push_back(
            update == changed.end()
                ? slice
                : std::make_shared<const WholeObject>(WholeObject::parse(update->second)));
    }
    for (auto slice : plan.create) {
        slice["metadata"]["name"] = "web-" + std::to_string(++number);
        result.push_back(std::make_shared<const WholeObject>(WholeObject::parse(slice)));
    }
    return result;
}

std::multiset<std::string> pods_in(const WholeObjects& slices) {
    std::multiset<std::string> found;
    for (const auto& slice : slices) {
        for (const auto& endpoint : slice->object.at("endpoints")) {
            found.insert(endpoint.at("targetRef").at("name").get<std::string>());
        }
    }
    return found;
}

std::size_t writes(const SlicePlan& plan) {
    return plan.create.size() + plan.update.size() + plan.remove.size();
}

}  // namespace

TEST_CASE("Endpoints: ready pods and others, by what they are", "[endpoints]") {
    struct Row {
        const char* name;
        PodOptions pod;
        std::vector<std::string> ready;
        std::vector<std::string> not_ready;
    };
    const auto row = GENERATE(values<Row>({
        {"ready", {}, {"10.0.0.1"}, {}},
        {"not ready", {.ready = false}, {}, {"10.0.0.1"}},
        {"being deleted", {.deleting = true}, {}, {}},
        {"failed", {.ready = false, .phase = "Failed"}, {}, {}},
        {"finished", {.ready = false, .phase = "Succeeded"}, {}, {}},
    }));
    CAPTURE(row.name);
    const auto endpoints = plan_endpoints(web_service(), {web_pod(1, row.pod)});
    const auto subset = endpoints["subsets"].empty() ? Json::object() : endpoints["subsets"][0];
    CHECK(ips(subset, "addresses") == row.ready);
    CHECK(ips(subset, "notReadyAddresses") == row.not_ready);
}

TEST_CASE("Endpoints: a pod without an address is none", "[endpoints]") {
    auto pod = *web_pod(1);
    pod.ip.clear();
    CHECK_FALSE(has_address(pod));
    CHECK(plan_endpoints(web_service(), {std::make_shared<const Pod>(pod)})["subsets"].empty());
}

TEST_CASE("Endpoints: addresses name their pod and node, ports those of the pods", "[endpoints]") {
    const auto endpoints = plan_endpoints(web_service(), {web_pod(1)});
    const auto& address = endpoints["subsets"][0]["addresses"][0];
    CHECK(address["nodeName"] == "n1");
    CHECK(address["targetRef"]["name"] == "p1");
    CHECK(endpoints["subsets"][0]["ports"] == Json::parse(R"([{"port":8080,"protocol":"TCP"}])"));
    CHECK(endpoints["metadata"]["labels"]["x"] == "y");
    CHECK(endpoints["metadata"]["ownerReferences"][0]["uid"] == "s");
    CHECK(same_endpoints(endpoints, plan_endpoints(web_service(), {web_pod(1)})));
    CHECK_FALSE(same_endpoints(endpoints, plan_endpoints(web_service(), {web_pod(2)})));
}

TEST_CASE("Endpoints: a named port is what each pod means by it", "[endpoints]") {
    const auto service = web_service(
        R"({"selector":{"app":"web"},"ports":[{"name":"h","port":80,"targetPort":"http","protocol":"TCP"}]})");
    const auto endpoints = plan_endpoints(
        service, {web_pod(1, {.named_port = 8080}), web_pod(2, {.named_port = 9090}), web_pod(3)});
    std::multiset<int> ports;
    for (const auto& subset : endpoints["subsets"]) {
        if (subset.contains("ports")) ports.insert(subset["ports"][0]["port"].get<int>());
    }
    CHECK(ports == std::multiset<int>{8080, 9090});
    CHECK(endpoints["subsets"].size() == 3);
}

TEST_CASE("Endpoints: publishNotReadyAddresses makes all of them ready", "[endpoints]") {
    const auto service = web_service(
        R"({"selector":{"app":"web"},"publishNotReadyAddresses":true,"ports":[{"port":80,"protocol":"TCP"}]})");
    const auto endpoints = plan_endpoints(service, {web_pod(1, {.ready = false})});
    CHECK(ips(endpoints["subsets"][0], "addresses").size() == 1);
}

TEST_CASE("Endpoints: beyond a thousand they are cut off, and say so", "[endpoints]") {
    const auto endpoints = plan_endpoints(web_service(), pods_up_to(1001));
    CHECK(ips(endpoints["subsets"][0], "addresses").size() == kMaxAddresses);
    CHECK(endpoints["metadata"]["annotations"].size() == 1);
}

TEST_CASE("Endpoints: pods of one host share its address", "[endpoints]") {
    const auto endpoints = plan_endpoints(
        web_service(), {web_pod(1, {.ip = "10.9.9.9"}), web_pod(2, {.ip = "10.9.9.9"})});
    CHECK(ips(endpoints["subsets"][0], "addresses").size() == 2);
}

TEST_CASE(
    "EndpointSlices: every pod is in exactly one slice, and none is too full", "[endpoints]") {
    const auto count = GENERATE(0, 1, 100, 101, 250);
    CAPTURE(count);
    const auto pods = pods_up_to(count);
    const auto slices = after(plan_slices(web_service(), pods, {}), {});
    CHECK(pods_in(slices).size() == static_cast<std::size_t>(count));
    CHECK(slices.size() == static_cast<std::size_t>((count + 99) / 100));
    for (const auto& slice : slices) {
        CHECK(slice->object["endpoints"].size() <= kMaxSliceEndpoints);
        CHECK(slice->meta.label(kServiceNameLabel) == "web");
        CHECK(slice->object["addressType"] == "IPv4");
    }
    CHECK(writes(plan_slices(web_service(), pods, slices)) == 0);
}

TEST_CASE("EndpointSlices: one pod's change is the change of one slice", "[endpoints]") {
    auto pods = pods_up_to(250);
    const auto slices = after(plan_slices(web_service(), pods, {}), {});
    SECTION("it stops being ready") {
        auto pod = *pods[120];
        pod.ready = false;
        pods[120] = std::make_shared<const Pod>(pod);
    }
    SECTION("it goes") {
        pods.erase(pods.begin() + 7);
    }
    SECTION("one comes") {
        pods.push_back(web_pod(999, {.ip = "10.7.7.7"}));
    }
    const auto plan = plan_slices(web_service(), pods, slices);
    CHECK(plan.update.size() == 1);
    CHECK(writes(plan) == 1);
    CHECK(pods_in(after(plan, slices)).size() == pods.size());
}

TEST_CASE("EndpointSlices: an empty slice goes, a second copy heals", "[endpoints]") {
    const auto pods = pods_up_to(3);
    const auto slices = after(plan_slices(web_service(), pods, {}), {});
    CHECK(plan_slices(web_service(), {}, slices).remove.size() == 1);
    auto healed = slices;
    healed.push_back(after(plan_slices(web_service(), pods, {}), {}).front());
    const auto plan = plan_slices(web_service(), pods, healed);
    CHECK(plan.remove.size() == 1);
    CHECK(pods_in(after(plan, healed)).size() == 3);
}

TEST_CASE("EndpointSlices: conditions tell ready, serving and terminating apart", "[endpoints]") {
    const auto plan = plan_slices(web_service(), {web_pod(1, {.deleting = true})}, {});
    const auto& conditions = plan.create.at(0)["endpoints"][0]["conditions"];
    CHECK(conditions == Json::parse(R"({"ready":false,"serving":true,"terminating":true})"));
}

TEST_CASE("EndpointSlices: families of addresses are kept apart", "[endpoints]") {
    const auto plan = plan_slices(web_service(), {web_pod(1), web_pod(2, {.ip = "fd00::2"})}, {});
    std::multiset<std::string> types;
    for (const auto& slice : plan.create) types.insert(slice.at("addressType").get<std::string>());
    CHECK(types == std::multiset<std::string>{"IPv4", "IPv6"});
}

TEST_CASE("Service members: a pod concerns the services that select it", "[endpoints]") {
    ServiceMembers members;
    const auto service = std::make_shared<const Service>(web_service());
    members.service_changed("a/web", service, {web_pod(1)});
    CHECK(members.pods_of("a/web") == std::set<std::string>{"a/p1"});

    using Keys = std::vector<std::string>;
    CHECK(members.pod_changed("a/p2", nullptr, web_pod(2)) == Keys{"a/web"});
    CHECK(members.pod_changed("a/p3", nullptr, web_pod(3, {.app = "other"})).empty());
    CHECK(members.pod_changed("b/p2", nullptr, web_pod(2)).empty());
    CHECK(members.pod_changed("a/p2", web_pod(2), web_pod(2)).empty());
    CHECK(members.pod_changed("a/p2", web_pod(2), web_pod(2, {.ready = false})) == Keys{"a/web"});
    CHECK(members.pod_changed("a/p2", web_pod(2), web_pod(2, {.app = "other"})) == Keys{"a/web"});
    CHECK(members.pods_of("a/web") == std::set<std::string>{"a/p1"});
    CHECK(members.pod_changed("a/p1", web_pod(1), nullptr) == Keys{"a/web"});
    CHECK(members.pods_of("a/web").empty());
    members.service_changed("a/web", nullptr, {});
    CHECK(members.pod_changed("a/p2", nullptr, web_pod(2)).empty());
}
