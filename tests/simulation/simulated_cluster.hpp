#pragma once
#include "apiserver/apiserver.hpp"
#include "common/client/api_client.hpp"
#include "controller/controller_manager.hpp"
#include "tests/simulation/simulated_disk.hpp"
#include "tests/simulation/simulated_host.hpp"
#include "tests/support/temporary_directory.hpp"

#include <map>
#include <memory>
#include <string>

namespace picket::simulation {

/// The real server, the real controllers and hosts with real agents, in one loop. Only the engines,
/// the disk and time are played.
class SimulatedCluster {
public:
    struct Options {
        std::uint64_t seed = 1;
        bool real_disk = false;  ///< picket's file in place of a list in memory
    };
    SimulatedCluster(SimulatedLoop& loop, Options options);
    ~SimulatedCluster();
    SimulatedCluster(const SimulatedCluster&) = delete;
    SimulatedCluster& operator=(const SimulatedCluster&) = delete;

    void start_server();
    void stop_server();
    /// As SIGKILL in the middle of a write, if there is one soon: answers reach nobody, and the
    /// next server finds what of the file the dead one may have left.
    void kill_server();
    void start_controllers();
    void stop_controllers();
    [[nodiscard]] bool server_runs() const { return server_ != nullptr; }
    /// How often a server has been started: what was seen of another one is old.
    [[nodiscard]] int server_starts() const { return server_starts_; }
    /// Promises to clients that a restarted server has broken.
    [[nodiscard]] std::vector<std::string> take_broken_promises() {
        return std::exchange(broken_promises_, {});
    }
    [[nodiscard]] bool controllers_run() const { return controllers_ != nullptr; }

    SimulatedHost& add_host();
    [[nodiscard]] std::map<std::string, std::unique_ptr<SimulatedHost>>& hosts() { return hosts_; }
    /// As the admin; a failure is an answer too, while faults are about.
    Result<Json> call(Awaitable<Result<Json>> request) { return loop_.run(std::move(request)); }
    [[nodiscard]] client::ApiClient& api() { return *api_; }
    /// What the server has; null while there is none.
    [[nodiscard]] const storage::Store* store() const { return disk_.store(); }
    [[nodiscard]] SimulatedDisk& disk() { return disk_; }
    [[nodiscard]] SimulatedWire& controllers_wire() { return controllers_wire_; }

private:
    client::ApiClientOptions client_options(const std::string& kubeconfig) const;
    [[nodiscard]] std::string file(const std::string& name) const;

    SimulatedLoop& loop_;
    std::uint64_t seed_;
    testing::TemporaryDirectory directory_;
    SimulatedDisk disk_;
    SimulatedWire controllers_wire_;
    int server_starts_ = 0;
    std::vector<std::string> broken_promises_;
    std::unique_ptr<apiserver::ApiServer> server_;
    std::unique_ptr<client::ApiClient> api_;
    std::unique_ptr<controller::ControllerManager> controllers_;
    std::map<std::string, std::unique_ptr<SimulatedHost>> hosts_;
    int next_host_ = 1;
};

}  // namespace picket::simulation
