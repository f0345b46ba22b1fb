#pragma once
#include "common/base/clock.hpp"
#include "nodeagent/pod/pod_manager.hpp"
#include "nodeagent/streams/usage_sampler.hpp"

#include <string>

namespace picket::nodeagent {

struct Page {
    std::string content_type;
    std::string text;
};

/// What the agent answers to GET /api/v1/nodes/NAME/proxy/PATH. Loop thread only.
///
/// | path | |
/// | --- | --- |
/// | /healthz | ok |
/// | /metrics | the agent itself: its process, pods, containers |
/// | /metrics/resource, /metrics/cadvisor | what containers use |
/// | /stats/summary | the same as JSON, with rates of CPU |
/// | /exits, /exits/NAMESPACE/DAEMON | how containers ended, also when they and their pod are gone
/// |
class AgentPages {
public:
    AgentPages(
        boost::asio::any_io_executor executor,
        Runtime& runtime,
        PodManager& pods,
        const Clock& clock,
        std::string node_name)
        : pods_(pods),
          node_name_(std::move(node_name)),
          usage_(std::move(executor), runtime, pods, clock) {}

    /// NotFound for another path.
    Awaitable<Result<Page>> get(std::string path, std::size_t open_streams);

private:
    [[nodiscard]] std::string own_metrics(std::size_t open_streams) const;

    PodManager& pods_;
    std::string node_name_;
    UsageSampler usage_;
};

}  // namespace picket::nodeagent
