#include "apiserver/registry/table.hpp"

#include "fixtures.hpp"

#include <catch2/catch.hpp>

namespace picket::registry {
namespace {

using namespace test;

const Resource& resource(const std::string& name) {
    return *find_resource_by_name(name);
}

Json cells(const std::string& name, const std::string& object) {
    return table_cells(resource(name), Json::parse(object), test_now());
}

std::string pod_status(const std::string& pod) {
    return cells("pods", pod)[2];
}

TEST_CASE("tables: every row has as many cells as there are columns", "[table]") {
    for (const auto& one : all_resources()) {
        CAPTURE(one.kind);
        const auto& columns = table_columns(one);
        CHECK(columns.size() == table_cells(one, Json::object(), test_now()).size());
        CHECK(std::any_of(columns.begin(), columns.end(), [](const Json& column) {
            return column["format"] == "name";
        }));
    }
}

TEST_CASE("tables: the columns of a DaemonSet", "[table]") {
    std::string names;
    for (const auto& column : table_columns(resource("ds"))) {
        names += column["name"].get<std::string>() + (column["priority"] == 1 ? "*|" : "|");
    }
    CHECK(
        names ==
        "Name|Desired|Current|Ready|Up-to-date|Available|Node "
        "Selector|Age|Containers*|Images*|Selector*|");
    CHECK(table_columns(resource("ds"))[1]["type"] == "integer");
}

TEST_CASE("tables: a DaemonSet", "[table]") {
    CHECK(
        cells("ds", R"({"metadata":{"name":"web","creationTimestamp":"2026-01-02T03:03:05Z"},
            "spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"spec":{
                "nodeSelector":{"b":"2","a":"1"},
                "containers":[{"name":"x","image":"x:1"},{"name":"y","image":"y:1"}]}}},
            "status":{"desiredNumberScheduled":5,"currentNumberScheduled":4,"numberReady":3,
                      "updatedNumberScheduled":2,"numberAvailable":1}})") ==
        Json::parse(R"(["web",5,4,3,2,1,"a=1,b=2","60s","x,y","x:1,y:1","app=web"])"));
}

TEST_CASE("tables: what a pod's STATUS says", "[table]") {
    struct Row {
        std::string state;
        std::string pod;
        std::string shown;
    };
    const auto row = GENERATE(values<Row>({
        {"phase", R"({"status":{"phase":"Pending"}})", "Pending"},
        {"reason", R"({"status":{"phase":"Failed","reason":"OutOfcpu"}})", "OutOfcpu"},
        {"waiting",
         R"({"status":{"phase":"Running","containerStatuses":[{"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}})",
         "CrashLoopBackOff"},
        {"ended with reason",
         R"({"status":{"phase":"Running","containerStatuses":[{"state":{"terminated":{"reason":"OOMKilled"}}}]}})",
         "OOMKilled"},
        {"ended with code",
         R"({"status":{"phase":"Running","containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]}})",
         "ExitCode:3"},
        {"ended by signal",
         R"({"status":{"phase":"Running","containerStatuses":[{"state":{"terminated":{"signal":9,"exitCode":137}}}]}})",
         "Signal:9"},
        {"the first container decides",
         R"({"status":{"phase":"Running","containerStatuses":[
              {"state":{"waiting":{"reason":"First"}}},{"state":{"waiting":{"reason":"Second"}}}]}})",
         "First"},
        {"completed beside a running one",
         R"({"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[
              {"state":{"terminated":{"reason":"Completed"}}},{"ready":true,"state":{"running":{}}}]}})",
         "Running"},
        {"completed beside a running one, not ready",
         R"({"status":{"phase":"Running","containerStatuses":[
              {"state":{"terminated":{"reason":"Completed"}}},{"ready":true,"state":{"running":{}}}]}})",
         "NotReady"},
        {"init running",
         R"({"spec":{"initContainers":[{"name":"a"},{"name":"b"}]},"status":{"phase":"Pending",
             "initContainerStatuses":[{"name":"a","state":{"terminated":{"exitCode":0}}},
                                      {"name":"b","state":{"running":{}}}]}})",
         "Init:1/2"},
        {"init failed",
         R"({"spec":{"initContainers":[{"name":"a"}]},"status":{"phase":"Pending",
             "initContainerStatuses":[{"name":"a","state":{"terminated":{"exitCode":2}}}]}})",
         "Init:ExitCode:2"},
        {"init waiting",
         R"({"spec":{"initContainers":[{"name":"a"}]},"status":{"phase":"Pending",
             "initContainerStatuses":[{"name":"a","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}})",
         "Init:ImagePullBackOff"},
        {"sidecar up",
         R"({"spec":{"initContainers":[{"name":"a","restartPolicy":"Always"}]},"status":{"phase":"Running",
             "initContainerStatuses":[{"name":"a","started":true,"state":{"running":{}}}]}})",
         "Running"},
        {"deleting",
         R"({"metadata":{"deletionTimestamp":"2026-01-02T03:04:05Z"},"status":{"phase":"Running"}})",
         "Terminating"},
        {"deleting on a lost node",
         R"({"metadata":{"deletionTimestamp":"2026-01-02T03:04:05Z"},"status":{"reason":"NodeLost"}})",
         "Unknown"},
    }));
    CAPTURE(row.state);
    CHECK(pod_status(row.pod) == row.shown);
}

TEST_CASE("tables: a pod's counts and addresses", "[table]") {
    const auto row = cells("pods", R"({"metadata":{"name":"p"},
        "spec":{"nodeName":"n1","containers":[{"name":"a"},{"name":"b"}],
                "initContainers":[{"name":"s","restartPolicy":"Always"},{"name":"i"}]},
        "status":{"phase":"Running","podIPs":[{"ip":"10.0.0.2"}],
            "initContainerStatuses":[
              {"name":"s","ready":true,"started":true,"restartCount":1,"state":{"running":{}}},
              {"name":"i","restartCount":5,"state":{"terminated":{"exitCode":0}}}],
            "containerStatuses":[
              {"name":"a","ready":true,"restartCount":2,"state":{"running":{}},
               "lastState":{"terminated":{"finishedAt":"2026-01-02T03:01:05Z"}}},
              {"name":"b","ready":false,"restartCount":0,"state":{"running":{}}}]}})");
    CHECK(
        row ==
        Json::parse(
            R"json(["p","2/3","Running","3 (3m ago)","<unknown>","10.0.0.2","n1","<none>","<none>"])json"));
}

TEST_CASE("tables: finished pods carry a condition", "[table]") {
    const auto condition = [](const std::string& phase) {
        return table_row_conditions(resource("pods"), Json{{"status", {{"phase", phase}}}});
    };
    CHECK(condition("Running").empty());
    REQUIRE(condition("Succeeded").size() == 1);
    CHECK(condition("Failed")[0]["reason"] == "Failed");
}

TEST_CASE("tables: a node", "[table]") {
    const auto row = cells("nodes", R"({"metadata":{"name":"n1","labels":{
            "node-role.kubernetes.io/control-plane":"","kubernetes.io/role":"edge"}},
        "spec":{"unschedulable":true},
        "status":{"conditions":[{"type":"Ready","status":"Unknown"}],
                  "addresses":[{"type":"InternalIP","address":"10.0.0.1"}],
                  "nodeInfo":{"kubeletVersion":"v0.1","osImage":"Debian"}}})");
    CHECK(
        row ==
        Json::parse(R"(["n1","NotReady,SchedulingDisabled","control-plane,edge","<unknown>","v0.1",
                               "10.0.0.1","<none>","Debian","<unknown>","<unknown>"])"));
    CHECK(cells("nodes", R"({"metadata":{"name":"n1"}})")[1] == "Unknown");
}

TEST_CASE("tables: an event", "[table]") {
    const auto row =
        cells("events", R"({"metadata":{"name":"e"},"type":"Normal","reason":"Pulled","count":3,
        "message":"done\n","involvedObject":{"kind":"Pod","name":"web","fieldPath":"spec.containers{a}"},
        "source":{"component":"agent","host":"n1"},
        "firstTimestamp":"2026-01-02T03:00:05Z","lastTimestamp":"2026-01-02T03:04:00Z"})");
    CHECK(
        row ==
        Json::parse(
            R"(["5s","Normal","Pulled","pod/web","spec.containers{a}","agent, n1","done","4m",3,"e"])"));
}

TEST_CASE("tables: the smaller kinds", "[table]") {
    CHECK(
        cells("controllerrevisions", R"({"metadata":{"name":"r","ownerReferences":[
            {"apiVersion":"apps/v1","kind":"DaemonSet","name":"web","controller":true}]},"revision":2})") ==
        Json::parse(R"(["r","daemonset.apps/web",2,"<unknown>"])"));
    CHECK(
        cells("cm", R"({"metadata":{"name":"c"},"data":{"a":""},"binaryData":{"b":""}})") ==
        Json::parse(R"(["c",2,"<unknown>"])"));
    CHECK(cells("ns", R"({"metadata":{"name":"d"},"status":{"phase":"Active"}})")[1] == "Active");
    CHECK(cells("secrets", R"({"metadata":{"name":"s"},"type":"Opaque","data":{"a":""}})")[2] == 1);
    CHECK(
        cells("leases", R"({"metadata":{"name":"l"},"spec":{"holderIdentity":"n1"}})")[1] == "n1");
    CHECK(
        cells("tokens", R"({"metadata":{"name":"t"},"spec":{"user":"u","groups":["a","b"]}})")[2] ==
        "a,b");
}

}  // namespace
}  // namespace picket::registry
