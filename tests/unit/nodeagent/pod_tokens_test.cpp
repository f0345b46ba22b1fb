#include "nodeagent/pod/pod_tokens.hpp"

#include "nodeagent/local/pod_checkpoint.hpp"
#include "nodeagent/pod/environment.hpp"
#include "nodeagent/pod/pod_api_address.hpp"
#include "nodeagent/pod/volume_files.hpp"
#include "pod_builder.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace picket::nodeagent {
namespace {

using builders::a_pod;
using builders::at;
using namespace std::chrono_literals;

Pod pod_with_tokens() {
    const Json volume = Json::parse(R"({"name":"v","projected":{"sources":[
        {"serviceAccountToken":{"path":"token","expirationSeconds":3607}},
        {"serviceAccountToken":{"path":"vault","audience":"vault","expirationSeconds":600}}]}})");
    return a_pod()
        .container("main")
        .with("serviceAccountName", "shipper")
        .with("volumes", Json::array({volume}))
        .build();
}

std::string variable(const Environment& environment, const std::string& name) {
    return lookup_in(environment)(name).value_or("<none>");
}

Environment environment_of(const Pod& pod, const NodeContext& node) {
    auto built = build_environment(pod, pod.spec.containers.front(), node, "", {});
    REQUIRE(built);
    return built->variables;
}

}  // namespace

TEST_CASE("Pod tokens: each audience and lifetime is one wish", "[tokens]") {
    CHECK(wanted_tokens(pod_with_tokens()) == std::set<TokenWish>{{"", 3607}, {"vault", 600}});
    CHECK(wanted_tokens(a_pod().container("main").build()).empty());
}

TEST_CASE("Pod tokens: the first to reach four fifths of its life is renewed first", "[tokens]") {
    ServiceTokens tokens;
    CHECK_FALSE(next_renewal(tokens));
    tokens[{"", 1000}] = make_service_token("a", at(0), 1000s);
    tokens[{"vault", 600}] = make_service_token("b", at(100), 600s);
    CHECK(tokens[{"", 1000}].renew_at == at(800));
    CHECK(next_renewal(tokens) == at(580));
}

TEST_CASE("Pod tokens: the files of a volume hold them, or say what is missing", "[tokens]") {
    const auto pod = pod_with_tokens();
    ReferencedObjects objects;
    objects.tokens[{"", 3607}] = make_service_token("own", at(0), 3607s);
    const auto missing = plan_volume_files(pod, pod.spec.volumes.front(), {}, objects);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().message.find("shipper") != std::string::npos);

    objects.tokens[{"vault", 600}] = make_service_token("other", at(0), 600s);
    const auto files = plan_volume_files(pod, pod.spec.volumes.front(), {}, objects);
    REQUIRE(files);
    CHECK(files->at("token").content == "own");
    CHECK(files->at("vault").content == "other");
}

TEST_CASE("Pod tokens: the local copy keeps them", "[tokens]") {
    const picket::testing::TemporaryDirectory directory;
    PodCheckpoint checkpoint(directory.path() / "pods");
    REQUIRE(checkpoint.open());
    ReferencedObjects objects;
    objects.tokens[{"vault", 600}] = make_service_token("t", at(0), 600s);
    REQUIRE(checkpoint.save_objects("u", objects));
    const auto loaded = PodCheckpoint(directory.path() / "pods").load_objects("u").tokens;
    REQUIRE(loaded.contains({"vault", 600}));
    CHECK(loaded.at({"vault", 600}).text == "t");
    CHECK(loaded.at({"vault", 600}).renew_at == at(480));
}

TEST_CASE("Environment: where the API is, for those who can reach it", "[environment]") {
    const auto bridged = a_pod().container("main").build();
    const auto on_host = a_pod().container("main").with("hostNetwork", true).build();
    NodeContext node;
    CHECK(variable(environment_of(on_host, node), "KUBERNETES_SERVICE_HOST") == "<none>");
    node.api_host = "10.0.0.1";
    node.api_port = "6443";
    for (const auto& pod : {bridged, on_host}) {
        CHECK(variable(environment_of(pod, node), "KUBERNETES_SERVICE_HOST") == "10.0.0.1");
        CHECK(variable(environment_of(pod, node), "KUBERNETES_SERVICE_PORT") == "6443");
    }
    node.api_host = "127.0.0.1";
    CHECK(variable(environment_of(bridged, node), "KUBERNETES_SERVICE_HOST") == "<none>");
    CHECK(variable(environment_of(bridged, node), "KUBERNETES_SERVICE_PORT") == "<none>");
    CHECK(variable(environment_of(on_host, node), "KUBERNETES_SERVICE_HOST") == "127.0.0.1");
}

TEST_CASE(
    "Environment: a pod with a token reaches a server on the loopback by the relay",
    "[environment]") {
    const auto plain = a_pod().container("main").build();
    NodeContext node;
    node.api_host = "127.0.0.1";
    node.api_port = "6443";
    CHECK(needs_relay(pod_with_tokens(), node));
    CHECK_FALSE(needs_relay(plain, node));
    CHECK_FALSE(api_address(pod_with_tokens(), node));
    CHECK(api_host_entries(pod_with_tokens(), node).empty());

    node.relay_address = "172.17.0.1";
    node.relay_port = "7443";
    CHECK(api_address(pod_with_tokens(), node) == ApiAddress{"kubernetes.default.svc", "7443"});
    const auto entries = api_host_entries(pod_with_tokens(), node);
    CHECK(std::ranges::count(entries, "kubernetes.default.svc:172.17.0.1") == 1);
    CHECK_FALSE(api_address(plain, node));
    CHECK(api_host_entries(plain, node).empty());

    node.api_host = "10.0.0.1";
    CHECK(api_address(pod_with_tokens(), node) == ApiAddress{"10.0.0.1", "6443"});
    CHECK(api_host_entries(pod_with_tokens(), node).empty());
}

}  // namespace picket::nodeagent
