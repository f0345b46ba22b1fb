#pragma once
/// A real server and real agents over engines in memory, in time that the test moves.
#include "nodeagent/node_agent.hpp"
#include "tests/integration/apiserver/running_server.hpp"

#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace picket::testing {

/// The time of day of a server or a host, in step with the loop's time.
class MovedClock final : public Clock {
public:
    explicit MovedClock(const VirtualTime& time, Duration wrong = {})
        : time_(time), begin_(SystemClock().now() + wrong) {}
    [[nodiscard]] TimePoint now() const override {
        return begin_ + std::chrono::duration_cast<Duration>(time_.now() - start_);
    }

private:
    const VirtualTime& time_;
    LoopClock::time_point start_ = time_.now();
    TimePoint begin_;
};

class FleetInMovedTime {
public:
    FleetInMovedTime() = default;
    ~FleetInMovedTime() {
        for (const auto& host : hosts_) runner().run(host->agent->stop());
    }
    FleetInMovedTime(const FleetInMovedTime&) = delete;
    FleetInMovedTime& operator=(const FleetInMovedTime&) = delete;

    [[nodiscard]] AsyncRunner& runner() { return server_.runner(); }
    [[nodiscard]] RunningServer& server() { return server_; }
    [[nodiscard]] client::ApiClient& admin() { return *admin_; }
    [[nodiscard]] LoopClock::time_point now() const { return time_.now(); }
    [[nodiscard]] std::filesystem::path data_of(const std::string& node) const {
        for (const auto& host : hosts_) {
            if (host->node == node) return host->data.path();
        }
        return {};
    }

    /// An engine in memory, for add_host().
    template <class Engine, class... Arguments>
    std::unique_ptr<Engine> engine(Arguments&... arguments) {
        return std::make_unique<Engine>(runner().executor(), clock_, arguments...);
    }
    /// `wrong`: how far its clock is off.
    void add_host(
        const std::string& node,
        std::unique_ptr<nodeagent::Runtime> engine,
        nodeagent::NodeAgentOptions options = {},
        Duration wrong = {}) {
        auto& host = *hosts_.emplace_back(std::make_unique<Host>(node, time_, wrong));
        options.server = server_.url();
        std::ifstream(server_.file("join-token")) >> options.join_token;
        options.node_name = node;
        options.data_dir = host.data.path().string();
        options.log_root = "";
        options.mounts_volumes = false;
        host.agent = std::make_unique<nodeagent::NodeAgent>(
            runner().executor(), std::move(options), std::move(engine), host.clock);
        REQUIRE(runner().run(host.agent->start()));
    }
    void create_pod(const std::string& name, const std::string& node, Json spec) {
        spec["nodeName"] = node;
        server_.ok(admin_->create(
            {"v1", "pods", "default"},
            {{"apiVersion", "v1"},
             {"kind", "Pod"},
             {"metadata", {{"name", name}}},
             {"spec", std::move(spec)}}));
    }
    [[nodiscard]] Json pod(const std::string& name) {
        return server_.ok(admin_->get({"v1", "pods", "default", name}));
    }

    /// In steps that leave everything its time to answer.
    void pass(std::chrono::seconds length) {
        for (const auto end = now() + length; now() < end;) step(std::chrono::seconds{2});
    }
    void until(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!holds()) {
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            step(std::chrono::milliseconds{10});
        }
    }

private:
    struct Host {
        Host(std::string name, const VirtualTime& time, Duration wrong)
            : node(std::move(name)), clock(time, wrong) {}
        std::string node;
        MovedClock clock;
        TemporaryDirectory data;
        std::unique_ptr<nodeagent::NodeAgent> agent;
    };

    void step(std::chrono::milliseconds length) {
        runner().context().restart();
        runner().context().run_for(std::chrono::milliseconds{2});
        time_.move_to(time_.now() + length);
    }

    VirtualTime time_;
    MovedClock clock_{time_};
    RunningServer server_{clock_};
    std::unique_ptr<client::ApiClient> admin_ = server_.connect();
    std::vector<std::unique_ptr<Host>> hosts_;
};

}  // namespace picket::testing
