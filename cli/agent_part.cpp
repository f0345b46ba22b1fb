#include "cli/agent_part.hpp"

#include "cli/duration.hpp"
#include "cli/paths.hpp"
#include "common/http/client.hpp"
#include "nodeagent/runtime/docker_runtime.hpp"

#include <CLI/CLI.hpp>

namespace picket::cli {
namespace {

struct RunningAgent {
    std::unique_ptr<nodeagent::NodeAgent> agent;
};

Awaitable<Result<void>> start_agent(
    std::shared_ptr<RunningAgent> running,
    boost::asio::any_io_executor executor,
    std::function<Result<AgentArguments>()> make_arguments,
    const Clock* clock) {
    auto arguments = make_arguments();
    if (!arguments) co_return arguments.error();
    auto endpoint = http::parse_endpoint(arguments->agent.docker);
    if (!endpoint) co_return endpoint.error();
    auto runtime = std::make_unique<nodeagent::DockerRuntime>(executor, std::move(*endpoint));
    running->agent = std::make_unique<nodeagent::NodeAgent>(
        executor, std::move(arguments->agent), std::move(runtime), *clock);
    co_return co_await running->agent->start();
}

Awaitable<> stop_agent(std::shared_ptr<RunningAgent> running) {
    if (running->agent) co_await running->agent->stop();
}

void add_pod_options(CLI::App& app, nodeagent::NodeAgentOptions& agent) {
    app.add_option(
           "--cluster-dns",
           agent.cluster_dns,
           "name servers for pods with dnsPolicy ClusterFirst; without any they use the host's")
        ->delimiter(',')
        ->type_name("ADDRESSES");
    app.add_option("--cluster-domain", agent.cluster_domain, "domain of the names in pods")
        ->type_name("DOMAIN");
    app.add_option(
           "--allowed-unsafe-sysctls",
           agent.allowed_unsafe_sysctls,
           "kernel settings that pods may change besides the safe ones: "
           "net.core.somaxconn,kernel.msg*")
        ->delimiter(',')
        ->type_name("NAMES");
    app.add_option(
           "--log-root",
           agent.log_root,
           "where links to containers' logs are made for collectors, below pods/ and containers/; "
           "\"\" for none")
        ->type_name("DIR");
}

CLI::Option* add_percent_option(
    CLI::App& app, const std::string& name, int& value, const std::string& description) {
    return app.add_option(name, value, description)
        ->check(CLI::Range(0, 100))
        ->type_name("PERCENT");
}

void add_collection_options(CLI::App& app, nodeagent::NodeAgentOptions& agent) {
    auto& images = agent.images;
    add_percent_option(
        app,
        "--image-gc-high-threshold",
        images.high_percent,
        "use of the engine's disk above which images that the agent pulled and nothing uses are "
        "removed; 85 by default, 100: never");
    add_percent_option(
        app,
        "--image-gc-low-threshold",
        images.low_percent,
        "use of the engine's disk down to which they are removed; 80 by default");
    add_duration_option(
        app,
        "--minimum-image-ttl-duration",
        images.min_age,
        "how long an image must have been unused to be removed; 2m by default");
    add_duration_option(
        app,
        "--image-maximum-gc-age",
        images.max_age,
        "images unused for longer are removed on any disk; 0, the default, means no such limit");
    add_duration_option(
        app,
        "--collection-period",
        agent.collection_period,
        "how often images and what killed agents left are looked through; 5m by default");
}

}  // namespace

AgentArguments::AgentArguments() {
    agent.docker = kDefaultDocker;
    agent.node_name = default_node_name();
}

void add_host_options(CLI::App& app, AgentArguments& arguments) {
    app.add_option(
           "--node-name",
           arguments.agent.node_name,
           "name of this node; the host's name by default")
        ->type_name("NAME");
    app.add_option("--node-labels", arguments.labels, "labels of this node: rack=r1,disk=ssd")
        ->type_name("LABELS");
    app.add_option(
           "--node-ip",
           arguments.agent.node_ip,
           "address of this node; by default the one the server sees")
        ->type_name("ADDRESS");
    app.add_option(
           "--docker",
           arguments.agent.docker,
           "the engine; " + arguments.agent.docker + " by default")
        ->type_name("URL");
    app.add_option(
           "--max-parallel-pulls",
           arguments.agent.pulls.parallel,
           "how many images this host pulls at once; 2 by default")
        ->check(CLI::PositiveNumber)
        ->type_name("COUNT");
    app.add_option_function<unsigned>(
           "--pull-spread",
           [&arguments](unsigned seconds) {
               arguments.agent.pulls.spread = std::chrono::seconds{seconds};
           },
           "pulls for an update begin somewhere within this time, so that not all hosts ask the "
           "registry at once; 5 by default")
        ->type_name("SECONDS");
    app.add_option(
           "--pod-manifest-path",
           arguments.agent.pod_manifest_path,
           "folder of pods that this host runs by itself (docs/node-agent.md)")
        ->type_name("DIR");
    add_pod_options(app, arguments.agent);
    add_collection_options(app, arguments.agent);
}

Part agent_part(
    boost::asio::io_context& loop,
    std::function<Result<AgentArguments>()> arguments,
    const Clock& clock) {
    const auto running = std::make_shared<RunningAgent>();
    return {
        .name = "agent",
        .start = [running,
                  executor = boost::asio::any_io_executor(loop.get_executor()),
                  arguments = std::move(arguments),
                  clock = &clock] { return start_agent(running, executor, arguments, clock); },
        .stop = [running] { return stop_agent(running); }};
}

}  // namespace picket::cli
