#pragma once
#include "nodeagent/node_agent.hpp"
#include "tests/simulation/simulated_engine.hpp"
#include "tests/simulation/simulated_time.hpp"
#include "tests/simulation/simulated_wire.hpp"
#include "tests/support/fake_runtime.hpp"

#include <memory>
#include <string>
#include <vector>

namespace picket::simulation {

/// A host: an engine whose containers outlive the agent, its way to the server, its clock, and the
/// agent while it runs.
class SimulatedHost {
public:
    struct Options {
        std::string name;
        std::string server;  ///< the server's socket
        std::string data_dir;
        std::string join_token;
        std::uint64_t seed = 0;
    };
    SimulatedHost(SimulatedLoop& loop, Options options);
    ~SimulatedHost();
    SimulatedHost(const SimulatedHost&) = delete;
    SimulatedHost& operator=(const SimulatedHost&) = delete;

    /// Nothing happens while the host is off.
    void start_agent();
    void stop_agent();
    /// As SIGKILL: nothing that it still says is heard.
    void kill_agent();
    /// The engine is away, and what ran is dead.
    void crash_engine();
    void power_off();
    void power_on();

    [[nodiscard]] bool agent_runs() const { return agent_ != nullptr; }
    [[nodiscard]] bool is_on() const { return on_; }
    [[nodiscard]] const std::string& name() const { return options_.name; }
    [[nodiscard]] testing::FakeRuntime& engine() { return engine_; }
    [[nodiscard]] SimulatedWire& wire() { return wire_; }
    [[nodiscard]] EngineWeather& weather() { return weather_; }
    [[nodiscard]] ShiftedClock& clock() { return clock_; }
    /// Running containers of pods, sandboxes left out.
    [[nodiscard]] std::vector<nodeagent::ContainerState> running() const;
    /// The healthy ones that the agent has ended since the last call.
    [[nodiscard]] std::vector<nodeagent::ContainerState> take_ended() {
        return std::exchange(ended_, {});
    }

private:
    void note_end(const std::string& id);

    SimulatedLoop& loop_;
    Options options_;
    std::uint64_t starts_ = 0;
    int boots_ = 1;
    bool on_ = true;
    ShiftedClock clock_;
    SimulatedWire wire_;
    EngineWeather weather_;
    testing::FakeRuntime engine_;
    std::vector<nodeagent::ContainerState> ended_;
    std::unique_ptr<nodeagent::NodeAgent> agent_;
};

}  // namespace picket::simulation
