#include "tests/simulation/simulated_cluster.hpp"

#include "common/client/kubeconfig.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace picket::simulation {
namespace {

std::string first_line_of(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// In memory, so that nothing waits for a disk.
std::filesystem::path quick_folder() {
    const std::filesystem::path memory("/dev/shm");
    return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

constexpr std::chrono::seconds kNextWrite{5};

}  // namespace

SimulatedCluster::SimulatedCluster(SimulatedLoop& loop, Options options)
    : loop_(loop),
      seed_(options.seed),
      directory_(quick_folder()),
      disk_(loop.executor(), directory_.path() / "server", seed_ + 2, options.real_disk),
      controllers_wire_(
          loop.executor(),
          (directory_.path() / "controllers.sock").string(),
          (directory_.path() / "api.sock").string()) {
    loop_.on_idle([this] { return disk_.answer(); });
    start_server();
    api_ =
        std::make_unique<client::ApiClient>(loop_.executor(), client_options("admin.kubeconfig"));
    start_controllers();
}

SimulatedCluster::~SimulatedCluster() {
    hosts_.clear();
    stop_controllers();
    api_.reset();
    stop_server();
    loop_.run(controllers_wire_.stop());
    loop_.on_idle({});
}

std::string SimulatedCluster::file(const std::string& name) const {
    return (directory_.path() / "server" / name).string();
}

client::ApiClientOptions SimulatedCluster::client_options(const std::string& kubeconfig) const {
    auto config = client::load_kubeconfig(file(kubeconfig), "", "");
    if (!config) throw std::runtime_error(config.error().message);
    return config->options;
}

void SimulatedCluster::start_server() {
    if (server_) return;
    apiserver::ApiServerOptions options;
    options.data_dir = (directory_.path() / "server").string();
    options.listen = "unix://" + (directory_.path() / "api.sock").string();
    options.open_store = [this] {
        auto store = disk_.open();
        if (!store) throw std::runtime_error("the store does not open: " + store.error().message);
        for (auto& broken : disk_.audit()) broken_promises_.push_back(std::move(broken));
        return store;
    };
    server_ =
        std::make_unique<apiserver::ApiServer>(loop_.executor(), std::move(options), loop_.clock());
    const auto started = loop_.run(server_->start());
    if (!started) throw std::runtime_error("server does not start: " + started.error().message);
    ++server_starts_;
}

void SimulatedCluster::stop_server() {
    if (!server_) return;
    loop_.run(server_->stop());
    server_.reset();
    disk_.closed();
}

void SimulatedCluster::kill_server() {
    if (!server_) return;
    (void)loop_.run_until(
        [this] {
            if (disk_.idle()) disk_.remember();
            return disk_.lone_write();
        },
        disk_.real() ? kNextWrite : std::chrono::seconds(0));
    for (auto& [name, host] : hosts_) host->wire().refuse();
    controllers_wire_.refuse();
    disk_.kill();
    stop_server();
    disk_.leave_remains();
    for (auto& [name, host] : hosts_) {
        if (host->is_on()) host->wire().mend();
    }
    controllers_wire_.mend();
}

void SimulatedCluster::start_controllers() {
    if (controllers_) return;
    controller::ControllerOptions options;
    options.node_grace = std::chrono::seconds(30);
    auto client = client_options("controller.kubeconfig");
    client.http.endpoint.path = controllers_wire_.url().substr(std::string("unix://").size());
    options.seed = seed_ + 1;
    controllers_ = std::make_unique<controller::ControllerManager>(
        loop_.executor(), std::move(client), options, loop_.clock());
    controllers_->start();
}

void SimulatedCluster::stop_controllers() {
    if (!controllers_) return;
    loop_.run(controllers_->stop());
    controllers_.reset();
}

SimulatedHost& SimulatedCluster::add_host() {
    const auto name = "n" + std::to_string(next_host_++);
    SimulatedHost::Options options;
    options.name = name;
    options.server = (directory_.path() / "api.sock").string();
    options.data_dir = (directory_.path() / name).string();
    options.join_token = first_line_of(file("join-token"));
    options.seed = seed_ * 1000 + static_cast<std::uint64_t>(next_host_);
    auto& host = hosts_[name];
    host = std::make_unique<SimulatedHost>(loop_, std::move(options));
    host->start_agent();
    return *host;
}

}  // namespace picket::simulation
