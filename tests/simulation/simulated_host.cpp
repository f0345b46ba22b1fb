#include "tests/simulation/simulated_host.hpp"

#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace picket::simulation {
namespace {

nodeagent::HostFacts facts_of(const std::string& name, int boots) {
    nodeagent::HostFacts facts;
    facts.cpus = 4;
    facts.memory_bytes = facts.memory_available_bytes = 8LL << 30U;
    facts.disk_bytes = facts.disk_available_bytes = 100LL << 30U;
    facts.pids_max = 32'768;
    facts.hostname = name;
    facts.architecture = "amd64";
    facts.kernel_version = "6.1";
    facts.os_image = "Linux";
    facts.machine_id = facts.system_uuid = name;
    facts.boot_id = fmt::format("{}-{}", name, boots);
    return facts;
}

bool is_sandbox(const nodeagent::ContainerState& container) {
    return container.label(nodeagent::label::kContainerName) == nodeagent::kSandboxName;
}

}  // namespace

SimulatedHost::SimulatedHost(SimulatedLoop& loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      clock_(loop.clock()),
      wire_(loop.executor(), options_.data_dir + ".sock", options_.server),
      engine_(loop.executor(), clock_) {
    engine_.forget_past();
    weather_.before_end = [this](const std::string& id) { note_end(id); };
}

SimulatedHost::~SimulatedHost() {
    stop_agent();
    loop_.run(wire_.stop());
}

void SimulatedHost::start_agent() {
    if (agent_ || !on_) return;
    nodeagent::NodeAgentOptions options;
    options.server = wire_.url();
    options.join_token = options_.join_token;
    options.node_name = options_.name;
    options.data_dir = options_.data_dir;
    options.node_ip = "10.0.0.1";
    options.log_root = "";
    options.mounts_volumes = false;
    options.heartbeat = std::chrono::seconds(10);
    options.seed = options_.seed;
    options.host_facts = [name = options_.name, boots = boots_] { return facts_of(name, boots); };
    agent_ = std::make_unique<nodeagent::NodeAgent>(
        loop_.executor(),
        std::move(options),
        std::make_unique<SlowRuntime>(engine_, options_.seed + ++starts_, weather_),
        clock_);
    const auto started = loop_.run(agent_->start());
    if (!started) throw std::runtime_error("agent does not start: " + started.error().message);
}

void SimulatedHost::stop_agent() {
    if (!agent_) return;
    loop_.run(agent_->stop());
    agent_.reset();
}

void SimulatedHost::kill_agent() {
    wire_.refuse();
    stop_agent();
    wire_.mend();
}

void SimulatedHost::crash_engine() {
    for (const auto& container : engine_.containers()) {
        if (container.running()) engine_.end_container(container.id, 137);
    }
    engine_.set_away(true);
}

void SimulatedHost::power_off() {
    if (!on_) return;
    on_ = false;
    wire_.refuse();
    crash_engine();
    stop_agent();
}

void SimulatedHost::power_on() {
    if (on_) return;
    on_ = true;
    ++boots_;
    wire_.mend();
    engine_.set_away(false);
    start_agent();
}

/// Of a pod whose sandbox is gone too nothing is healthy.
void SimulatedHost::note_end(const std::string& id) {
    if (!on_) return;
    const auto all = engine_.containers();
    const auto found = std::ranges::find(all, id, &nodeagent::ContainerState::id);
    if (found == all.end() || !found->running() || is_sandbox(*found)) return;
    const auto uid = found->label(nodeagent::label::kPodUid);
    const bool whole = std::ranges::any_of(all, [&](const auto& other) {
        return is_sandbox(other) && other.running() &&
               other.label(nodeagent::label::kPodUid) == uid;
    });
    if (whole) ended_.push_back(*found);
}

std::vector<nodeagent::ContainerState> SimulatedHost::running() const {
    std::vector<nodeagent::ContainerState> result;
    for (auto& container : engine_.containers()) {
        if (container.running() && !is_sandbox(container)) result.push_back(std::move(container));
    }
    return result;
}

}  // namespace picket::simulation
