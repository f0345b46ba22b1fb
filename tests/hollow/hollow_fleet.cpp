#include "tests/hollow/hollow_fleet.hpp"

#include "common/async/timing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::hollow {
namespace {

nodeagent::HostFacts facts_of_host(const FleetOptions& options, const std::string& name) {
    nodeagent::HostFacts facts;
    facts.cpus = options.cpus;
    facts.memory_bytes = facts.memory_available_bytes = options.memory_bytes;
    facts.disk_bytes = facts.disk_available_bytes = 100LL << 30U;
    facts.pids_max = 32'768;
    facts.hostname = name;
    facts.architecture = "amd64";
    facts.kernel_version = "0.0-hollow";
    facts.os_image = "hollow";
    facts.machine_id = facts.system_uuid = facts.boot_id = name;
    return facts;
}

/// "10.x.y.z", one for each.
std::string address_of(int number) {
    return fmt::format("10.{}.{}.{}", number >> 16U & 255, number >> 8U & 255, number & 255);
}

}  // namespace

HollowFleet::HollowFleet(
    boost::asio::any_io_executor executor, FleetOptions options, const Clock& clock)
    : executor_(std::move(executor)), options_(std::move(options)), clock_(clock) {}

nodeagent::NodeAgentOptions HollowFleet::agent_options(int number) const {
    const auto name = fmt::format("{}-{}", options_.prefix, number);
    nodeagent::NodeAgentOptions agent;
    agent.server = options_.servers[static_cast<std::size_t>(number) % options_.servers.size()];
    agent.join_token = options_.join_token;
    agent.node_name = name;
    agent.node_labels = options_.labels;
    agent.data_dir = options_.data_dir + "/" + name;
    agent.node_ip = address_of(number);
    agent.log_root = "";
    agent.mounts_volumes = false;
    agent.heartbeat = options_.heartbeat;
    agent.seed = options_.seed + static_cast<std::uint64_t>(number);
    agent.host_facts = [this, name] { return facts_of_host(options_, name); };
    return agent;
}

Awaitable<Result<void>> HollowFleet::start() {
    const auto pause =
        std::chrono::microseconds(1'000'000 / std::max(1, options_.joins_per_second));
    for (int number = 1; number <= options_.nodes; ++number) {
        auto agent_settings = agent_options(number);
        auto runtime = std::make_unique<HollowRuntime>(
            executor_, clock_, options_.behaviour, agent_settings.seed);
        Member member{runtime.get(), nullptr};
        member.agent = std::make_unique<nodeagent::NodeAgent>(
            executor_, std::move(agent_settings), std::move(runtime), clock_);
        auto* agent = member.agent.get();
        members_.push_back(std::move(member));
        if (auto started = co_await agent->start(); !started) co_return started.error();
        co_await sleep_for(pause);
    }
    co_return Ok();
}

Awaitable<> HollowFleet::stop() {
    for (const auto& member : members_) co_await member.agent->stop();
    members_.clear();
}

HollowFleet::Counts HollowFleet::count() const {
    Counts counts{members_.size(), 0};
    for (const auto& member : members_)
        counts.containers += member.runtime->engine().count_running();
    return counts;
}

}  // namespace picket::hollow
