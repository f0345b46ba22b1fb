#include "nodeagent/runtime/docker_container_json.hpp"
#include "nodeagent/runtime/docker_messages.hpp"
#include "nodeagent/runtime/pull_progress.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace picket::nodeagent {
namespace {

ContainerSpec a_spec() {
    ContainerSpec spec;
    spec.name = "c";
    spec.image = "image:1";
    return spec;
}

TEST_CASE("Docker create body: what says nothing is left out", "[nodeagent]") {
    const auto body = to_create_body(a_spec());
    for (const auto* field :
         {"Entrypoint", "Cmd", "WorkingDir", "User", "Hostname", "ExposedPorts", "Tty"}) {
        CAPTURE(field);
        CHECK_FALSE(body.contains(field));
    }
    for (const auto* field :
         {"Binds", "Mounts", "Privileged", "Memory", "CpuQuota", "Dns", "NetworkMode"}) {
        CAPTURE(field);
        CHECK_FALSE(body["HostConfig"].contains(field));
    }
}

TEST_CASE(
    "Docker create body: the engine neither restarts nor checks the health of a container",
    "[nodeagent]") {
    const auto body = to_create_body(a_spec());
    CHECK(body["HostConfig"]["RestartPolicy"]["Name"] == "no");
    CHECK(body["Healthcheck"]["Test"] == Json::array({"NONE"}));
}

TEST_CASE(
    "Docker create body: mounts are binds, and mounts where a path has a colon", "[nodeagent]") {
    auto spec = a_spec();
    spec.mounts = {
        {"/a", "/b", false, ""},
        {"/a", "/b", true, "rslave"},
        {"/a", "/b", false, "rshared"},
        {"/x:y", "/z", true, ""}};
    const auto host = to_create_body(spec)["HostConfig"];
    CHECK(host["Binds"] == Json::array({"/a:/b", "/a:/b:ro,rslave", "/a:/b:rshared"}));
    CHECK(host["Mounts"][0]["Source"] == "/x:y");
    CHECK(host["Mounts"][0]["ReadOnly"] == true);
}

TEST_CASE("Docker create body: several host ports may lead to one container port", "[nodeagent]") {
    auto spec = a_spec();
    spec.namespaces.ports = {
        {80, "tcp", "", 8080}, {80, "tcp", "127.0.0.1", 8081}, {53, "udp", "", 53}};
    const auto body = to_create_body(spec);
    CHECK(body["HostConfig"]["PortBindings"]["80/tcp"].size() == 2);
    CHECK(body["HostConfig"]["PortBindings"]["53/udp"][0]["HostPort"] == "53");
    CHECK(body["ExposedPorts"].contains("80/tcp"));
}

TEST_CASE("Docker create body: a memory limit allows no swap on top", "[nodeagent]") {
    auto spec = a_spec();
    spec.resources = {
        .cpu_shares = 512, .cpu_quota = 5000, .memory_bytes = 1 << 26, .oom_score_adj = -997};
    const auto host = to_create_body(spec)["HostConfig"];
    CHECK(host["MemorySwap"] == host["Memory"]);
    CHECK(host["CpuPeriod"] == 100000);
    CHECK(host["OomScoreAdj"] == -997);
    CHECK_FALSE(host.contains("NanoCpus"));
}

Json an_inspection(const Json& state) {
    return {
        {"Id", "abc"},
        {"Name", "/k8s_x"},
        {"Image", "sha256:1"},
        {"State", state},
        {"HostConfig", {{"NetworkMode", "bridge"}}},
        {"Config", {{"Image", "image:1"}, {"Labels", {{"a", "b"}}}}},
        {"NetworkSettings", {{"Networks", {{"bridge", {{"IPAddress", "172.17.0.9"}}}}}}}};
}

TEST_CASE("Docker inspect: state of a container", "[nodeagent]") {
    struct Row {
        const char* name;
        Json state;
        ContainerPhase phase;
    };
    const auto row = GENERATE(
        Row{"running", {{"Status", "running"}}, ContainerPhase::Running},
        Row{"paused counts as running", {{"Status", "paused"}}, ContainerPhase::Running},
        Row{"exited", {{"Status", "exited"}, {"ExitCode", 3}}, ContainerPhase::Exited},
        Row{"dead", {{"Status", "dead"}}, ContainerPhase::Exited},
        Row{"only created", {{"Status", "created"}, {"ExitCode", 0}}, ContainerPhase::Created},
        Row{"start refused", {{"Status", "created"}, {"ExitCode", 127}}, ContainerPhase::Exited},
        Row{"start refused without a code",
            {{"Status", "created"}, {"Error", "no"}},
            ContainerPhase::Exited});
    CAPTURE(row.name);
    CHECK(parse_container(an_inspection(row.state)).phase == row.phase);
}

TEST_CASE("Docker inspect: year 1 is never", "[nodeagent]") {
    const auto container = parse_container(an_inspection(
        {{"Status", "running"},
         {"StartedAt", "2026-01-02T03:04:05.1Z"},
         {"FinishedAt", "0001-01-01T00:00:00Z"}}));
    CHECK(container.started);
    CHECK_FALSE(container.finished);
    CHECK(container.address == "172.17.0.9");
    CHECK(container.name == "k8s_x");
    CHECK(container.label("a") == "b");
}

TEST_CASE("Docker errors: the engine's words and what they mean", "[nodeagent]") {
    const auto conflict =
        R"({"message":"Conflict. The container name \"/c\" is already in use by container \"1\"."})";
    CHECK(docker_error(409, conflict).reason == Reason::AlreadyExists);
    CHECK(docker_error(409, R"({"message":"is not running"})").reason == Reason::Conflict);
    CHECK(docker_error(404, R"({"message":"No such image: x"})").message == "No such image: x");
    CHECK_FALSE(docker_error(500, "garbage").message.empty());
}

std::string progress_after(const std::vector<std::string>& lines) {
    PullProgress progress;
    for (const auto& line : lines) progress.take(parse_progress_line(line));
    return progress.text();
}

TEST_CASE("Docker progress: all layers together", "[nodeagent]") {
    const std::string from = R"({"status":"Pulling from private/app","id":"2"})";
    const std::string begun = R"({"status":"Pulling fs layer","id":"b"})";
    const std::string half =
        R"({"status":"Downloading","progressDetail":{"current":5000000,"total":20000000},"id":"b"})";
    CHECK(progress_after({}).empty());
    CHECK(progress_after({from}) == "Pulling from private/app");
    CHECK(progress_after({from, begun}) == "0 of 1 layers ready");
    CHECK(progress_after({from, begun, half}) == "5.0 MB of 20.0 MB, 0 of 1 layers ready");
    CHECK(
        progress_after(
            {from,
             R"({"status":"Already exists","id":"a"})",
             begun,
             half,
             R"({"status":"Download complete","id":"b"})"}) ==
        "20.0 MB of 20.0 MB, 1 of 2 layers ready");
    CHECK(
        progress_after(
            {half,
             R"({"status":"Pull complete","id":"b"})",
             R"({"status":"Status: Downloaded newer image"})"}) ==
        "20.0 MB of 20.0 MB, 1 of 1 layers ready");
}

TEST_CASE("Docker progress: an error in the stream is found", "[nodeagent]") {
    CHECK(parse_progress_line(R"({"status":"Pulling","progress":"1/2"})").text == "Pulling 1/2");
    CHECK(
        parse_progress_line(R"({"errorDetail":{"message":"m"},"error":"manifest unknown"})")
            .error == "manifest unknown");
    CHECK(parse_progress_line("not json").error.empty());
}

TEST_CASE("Docker events: only containers, with the pod they belong to", "[nodeagent]") {
    const auto event = parse_event_line(
        R"({"Type":"container","Action":"die","Actor":{"ID":"1","Attributes":{"io.kubernetes.pod.uid":"u"}}})");
    REQUIRE(event);
    CHECK(event->container_id == "1");
    CHECK(event->pod_uid == "u");
    CHECK(event->action == "die");
    CHECK_FALSE(parse_event_line(R"({"Type":"image","Action":"pull"})"));
}

TEST_CASE("Docker bridge: the host's address on it and its range", "[nodeagent]") {
    struct Row {
        const char* network;
        const char* gateway;
    };
    for (const Row& row : {
             Row{R"({"IPAM": {"Config": [{"Subnet": "172.18.0.0/16", "Gateway": "172.18.0.9"}]}})",
                 "172.18.0.9"},
             // As a host's very first engine tells of it.
             Row{R"({"IPAM": {"Config": [{"Subnet": "172.17.0.0/16"}]}})", "172.17.0.1"},
             Row{R"({"IPAM": {"Config": [{"Subnet": "fd00::/64", "Gateway": "fd00::1"},
                                         {"Subnet": "10.1.2.128/25"}]}})",
                 "10.1.2.129"},
             Row{R"({"IPAM": {"Config": [{"Subnet": "fd00::/64"}]}})", ""},
             Row{R"({"IPAM": {"Config": null}})", ""},
         }) {
        CAPTURE(row.network);
        const auto bridge = parse_bridge(Json::parse(row.network));
        CHECK(bool(bridge) == (*row.gateway != '\0'));
        if (bridge) CHECK(bridge->gateway == row.gateway);
    }
}

}  // namespace
}  // namespace picket::nodeagent
