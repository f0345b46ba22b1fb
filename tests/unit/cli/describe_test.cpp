#include "cli/describe/describe.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::cli;
using Catch::Contains;

namespace {

const TimePoint kNow = *parse_time("2026-01-02T03:10:00Z");

Json event() {
    return Json::parse(
        R"({"type":"Warning","reason":"BackOff","message":"again","count":3,"lastTimestamp":"2026-01-02T03:09:00Z"})");
}

}  // namespace

TEST_CASE("describe: a DaemonSet with counts, template, pods and events", "[describe]") {
    const Json set =
        Json::parse(R"({"kind":"DaemonSet","metadata":{"name":"web","namespace":"default"},
        "spec":{"selector":{"matchLabels":{"app":"web"}},"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":1,"maxSurge":0}},
        "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"img:1","ports":[{"containerPort":80,"hostPort":8080}]}]}}},
        "status":{"desiredNumberScheduled":3,"numberReady":2}})");
    const Json pod = Json::parse(
        R"({"metadata":{"name":"web-x"},"spec":{"nodeName":"n1"},"status":{"phase":"Failed","reason":"NodePorts"}})");
    const std::string text = describe({set, {pod}, {event()}}, kNow);
    CHECK_THAT(
        text,
        Contains("app=web") && Contains("Desired:             3") &&
            Contains("RollingUpdate, maxUnavailable 1"));
    CHECK_THAT(text, Contains("80/TCP (host port 8080)") && Contains("on n1 (NodePorts)"));
    CHECK_THAT(text, Contains("BackOff") && Contains("60s ago (x3)"));
}

TEST_CASE("describe: a pod with the states of its containers", "[describe]") {
    const Json pod = Json::parse(
        R"({"kind":"Pod","metadata":{"name":"web-x","ownerReferences":[{"kind":"DaemonSet","name":"web","controller":true}]},
        "spec":{"nodeName":"n1","containers":[{"name":"main","image":"i"}]},
        "status":{"phase":"Running","containerStatuses":[{"name":"main","ready":false,"restartCount":4,
            "state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":7,"reason":"Error"}}}]}})");
    const std::string text = describe({pod}, kNow);
    CHECK_THAT(text, Contains("DaemonSet/web") && Contains("waiting: CrashLoopBackOff"));
    CHECK_THAT(text, Contains("terminated: Error, exit code 7") && Contains("Restart Count:   4"));
    CHECK_THAT(text, Contains("Events:              <none>"));
}

TEST_CASE("describe: a node with taints, conditions and pods", "[describe]") {
    const Json node =
        Json::parse(R"({"kind":"Node","metadata":{"name":"n1"},"spec":{"unschedulable":true,
        "taints":[{"key":"gpu","value":"no","effect":"NoSchedule"}]},
        "status":{"capacity":{"cpu":"2"},"conditions":[{"type":"Ready","status":"True","reason":"AgentReady"}]}})");
    const std::string text = describe({node}, kNow);
    CHECK_THAT(text, Contains("gpu=no:NoSchedule") && Contains("Unschedulable:       true"));
    CHECK_THAT(text, Contains("True (AgentReady)") && Contains("cpu=2") && Contains("Pods (0)"));
}

TEST_CASE("describe: a Secret does not show what it holds", "[describe]") {
    const Json secret = Json::parse(
        R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"type":"Opaque","data":{"k":"aGlkZGVu"}})");
    const std::string text = describe({secret}, kNow);
    CHECK_THAT(text, Contains("8 bytes") && !Contains("aGlkZGVu"));
}
