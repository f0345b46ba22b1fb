#pragma once
#include "nodeagent/node_agent.hpp"
#include "tests/hollow/hollow_runtime.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace picket::hollow {

struct FleetOptions {
    std::vector<std::string> servers;  ///< agents are spread over them in turn
    std::string join_token;
    int nodes = 10;
    std::string prefix = "hollow";
    std::map<std::string, std::string> labels = {};
    std::string data_dir;
    std::chrono::milliseconds heartbeat{3'000};
    int joins_per_second = 200;  ///< so that a server on the same machine is not only busy with TLS
    int cpus = 4;
    std::int64_t memory_bytes = 8LL << 30U;
    Behaviour behaviour = {};
    std::uint64_t seed = 1;
};

/// Many real agents in one loop, each over an engine of its own.
class HollowFleet {
public:
    HollowFleet(boost::asio::any_io_executor executor, FleetOptions options, const Clock& clock);

    /// Starts one agent after the other; the first that cannot start ends it with its error.
    Awaitable<Result<void>> start();
    Awaitable<> stop();

    struct Counts {
        std::size_t agents = 0;
        std::size_t containers = 0;  ///< that run, sandboxes included
    };
    [[nodiscard]] Counts count() const;

private:
    struct Member {
        HollowRuntime* runtime = nullptr;  // owned by the agent
        std::unique_ptr<nodeagent::NodeAgent> agent;
    };
    [[nodiscard]] nodeagent::NodeAgentOptions agent_options(int number) const;

    boost::asio::any_io_executor executor_;
    FleetOptions options_;
    const Clock& clock_;
    std::vector<Member> members_;
};

}  // namespace picket::hollow
