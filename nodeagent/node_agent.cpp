#include "nodeagent/node_agent.hpp"

#include "common/api/node.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "common/base/file_lock.hpp"
#include "common/base/log.hpp"
#include "common/base/private_file.hpp"
#include "common/base/random.hpp"
#include "nodeagent/blackbox/black_box.hpp"
#include "nodeagent/images/image_collector.hpp"
#include "nodeagent/images/prefetch_request.hpp"
#include "nodeagent/local/data_dir_lock.hpp"
#include "nodeagent/node/registration.hpp"
#include "nodeagent/pod/leftovers.hpp"
#include "nodeagent/pod/runtime_watcher.hpp"
#include "nodeagent/relay/api_relay.hpp"
#include "nodeagent/server_link.hpp"
#include "nodeagent/static_pods/manifest_folder.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <sys/stat.h>

namespace picket::nodeagent {
namespace {

/// An address outside every host: which way a packet to it would leave tells the host's own main
/// address.
constexpr const char* kFarAway = "192.0.2.1";

bool is_loopback(const std::string& address) {
    return address.starts_with("127.") || address == "::1";
}

/// The address that the server is reached from; for a server on this host, the one that others
/// would see.
std::string find_node_ip(const NodeAgentOptions& options) {
    if (!options.node_ip.empty()) return options.node_ip;
    const auto endpoint = http::parse_endpoint(options.server);
    auto address = endpoint ? address_towards(endpoint->host) : std::string();
    if (address.empty() || is_loopback(address)) {
        if (auto outward = address_towards(kFarAway); !outward.empty())
            address = std::move(outward);
    }
    return address.empty() ? "127.0.0.1" : address;
}

/// Logs what the server would have been told.
class LocalReports final : public StatusSink, public PodEvents {
public:
    void report(const Pod&, Json) override {}
    void normal(
        const Pod& pod,
        const std::string& container,
        std::string reason,
        std::string message) override {
        logger("pod")->debug("{} pod={} container={} {}", reason, pod.key(), container, message);
    }
    void warning(
        const Pod& pod,
        const std::string& container,
        std::string reason,
        std::string message) override {
        logger("pod")->warn("{} pod={} container={} {}", reason, pod.key(), container, message);
    }
};

/// Tells this host apart from a copy of it; empty where nothing does.
std::string host_identity(const NodeAgentOptions& options) {
    const auto boot = options.host_facts().boot_id;
    struct stat folder {};
    if (boot.empty() || ::stat(options.data_dir.c_str(), &folder) != 0) return {};
    return fmt::format("{}/{}", boot, folder.st_ino);
}

NodeContext make_context(const NodeAgentOptions& options, const std::string& ip) {
    NodeSnapshot node;
    node.name = options.node_name;
    node.ip = ip;
    node.host = options.host_facts();
    NodeContext context;
    context.name = options.node_name;
    context.ip = ip;
    if (const auto endpoint = http::parse_endpoint(options.server)) {
        context.api_host = endpoint->host;
        context.api_port = std::to_string(endpoint->port);
    }
    context.allocatable = allocatable_of(node.host);
    context.memory_bytes = node.host.memory_bytes;
    context.dns_servers = node.host.dns_servers;
    context.dns_searches = node.host.dns_searches;
    context.dns_options = node.host.dns_options;
    context.cluster_dns = options.cluster_dns;
    context.cluster_domain = options.cluster_domain;
    context.allowed_sysctls = options.allowed_unsafe_sysctls;
    context.seccomp_root = options.data_dir + "/seccomp";
    context.log_root = options.log_root;
    if (const auto engine = http::parse_endpoint(options.docker);
        engine && engine->transport == http::Endpoint::Transport::Unix)
        context.engine_socket = engine->path;
    return context;
}

/// Those that the pods run, and those that their successors will.
std::set<std::string> wanted_images(const std::vector<const Pod*>& pods) {
    std::set<std::string> names;
    for (const auto* pod : pods) {
        for (const auto* list : {&pod->spec.init_containers, &pod->spec.containers}) {
            for (const auto& container : *list) names.insert(container.image);
        }
        const auto next = parse_prefetch_request(pod->annotations);
        if (!next) continue;
        for (const auto& wanted : next->images) names.insert(wanted.image);
    }
    return names;
}

}  // namespace

class NodeAgent::Impl {
public:
    Impl(
        boost::asio::any_io_executor executor,
        NodeAgentOptions options,
        std::unique_ptr<Runtime> runtime,
        const Clock& clock)
        : executor_(executor),
          options_(std::move(options)),
          runtime_(std::move(runtime)),
          clock_(clock),
          checkpoint_(std::filesystem::path(options_.data_dir) / "pods"),
          volumes_(std::filesystem::path(options_.data_dir) / "volumes", options_.mounts_volumes),
          black_box_(std::filesystem::path(options_.data_dir) / "exits"),
          pulls_(executor, options_.pulls, options_.seed),
          pulled_images_(std::filesystem::path(options_.data_dir) / "pulled-images.json"),
          tasks_(executor) {
        if (!options_.host_facts)
            options_.host_facts = [dir = options_.data_dir] { return read_host_facts(dir); };
    }

    Awaitable<Result<void>> start() {
        if (auto opened = open_data_dir(); !opened) co_return opened;
        const auto ip = find_node_ip(options_);
        context_ = make_context(options_, ip);
        if (!options_.server.empty()) {
            if (auto linked = make_link(ip); !linked) co_return linked;
        }
        make_pods();
        publish_readiness();
        pods_->restore();
        read_manifests();
        tasks_.spawn("pods", pods_->run());
        tasks_.spawn("runtime", watcher_->run());
        tasks_.spawn("collection", collect());
        if (link_) link_->start(*pods_, *objects_);
        logger("agent")->info(
            "started node={} ip={} data={}", options_.node_name, ip, options_.data_dir);
        co_return Ok();
    }

    Awaitable<> stop() {
        if (objects_) co_await objects_->stop();
        if (link_) co_await link_->stop();
        co_await tasks_.stop();
        if (pods_) co_await pods_->stop();
        if (relay_) co_await relay_->stop();
    }

private:
    Result<void> open_data_dir() {
        if (auto made = make_private_directory(options_.data_dir); !made) return made;
        if (auto locked = lock_.acquire(options_.data_dir, kPredecessorPatience); !locked)
            return locked;
        forget_readiness(options_.data_dir);
        pulled_images_.open();
        if (auto opened = black_box_.open(); !opened) return opened;
        if (auto opened = checkpoint_.open(); !opened) return opened;
        return volumes_.open();
    }

    /// The agent id is made once, before the first registration, and says that a later one is the
    /// same agent.
    Result<NodeCredential> credential() {
        auto known = load_credential(options_.data_dir, options_.node_name);
        if (!known) return known.error();
        if (*known) return **std::move(known);
        auto random = Random::from_system();
        NodeCredential fresh{random.uuid(), options_.node_name, {}, {}};
        if (auto saved = save_credential(options_.data_dir, fresh); !saved) return saved.error();
        return fresh;
    }

    Result<void> make_link(const std::string& ip) {
        auto own = credential();
        if (!own) return own.error();
        if (own->token.empty() && options_.join_token.empty()) {
            return Error{
                .reason = Reason::BadRequest,
                .message =
                    "this node is not registered yet: give a join token with --token-file or "
                    "$PICKET_TOKEN"};
        }
        auto api = api_options(options_.server, options_.join_token, *own);
        if (!api) return api.error();
        if (auto host = host_identity(options_); !host.empty())
            api->headers.set(kHostHeader, std::move(host));
        const Labels labels(options_.node_labels.begin(), options_.node_labels.end());
        link_ = std::make_unique<ServerLink>(
            executor_,
            ServerLink::Options{
                .api = std::move(*api),
                .join_token = options_.join_token,
                .data_dir = options_.data_dir,
                .credential = std::move(*own),
                .node = {options_.node_name, ip, labels, options_.host_facts, options_.heartbeat},
                .seed = options_.seed},
            *runtime_,
            clock_);
        return Ok();
    }

    void make_pods() {
        objects_ =
            std::make_unique<ApiObjects>(link_ ? &link_->api() : nullptr, checkpoint_, clock_);
        StatusSink& statuses = link_ ? static_cast<StatusSink&>(*link_) : local_;
        PodEvents& events = link_ ? static_cast<PodEvents&>(*link_) : local_;
        make_relay();
        services_ = std::make_unique<PodServices>(PodServices{
            *runtime_,
            clock_,
            context_,
            volumes_,
            *objects_,
            events,
            statuses,
            &black_box_,
            &pulls_,
            &pulled_images_,
            relay_.get()});
        pods_ = std::make_unique<PodManager>(
            executor_, *services_, checkpoint_, [this](const Pod& pod) {
                if (link_) link_->departed(pod);
            });
        watcher_ = std::make_unique<RuntimeWatcher>(
            *runtime_, *pods_, options_.node_name, [this](const Error* trouble) {
                if (link_) link_->set_runtime_health(trouble);
            });
    }

    void make_relay() {
        const auto server = http::parse_endpoint(options_.server);
        if (!server || !(is_loopback(server->host) || server->host == "localhost")) return;
        relay_ = std::make_unique<ApiRelay>(
            executor_,
            *runtime_,
            ApiRelay::Options{
                server->host,
                server->port,
                std::filesystem::path(options_.data_dir) / "relay-port"},
            context_);
        tasks_.spawn("relay", relay_->reopen());
    }

    void publish_readiness() {
        const auto known = load_credential(options_.data_dir, options_.node_name);
        const bool joined_before = known && *known && !(*known)->token.empty();
        if (link_ && !joined_before) pods_->expect_api();
        pods_->on_readiness = [this](const HostReadiness& readiness) {
            if (auto written = write_readiness(options_.data_dir, readiness); !written)
                logger("agent")->error("readiness not written why={}", written.error().message);
        };
    }

    /// What nothing on this host needs any more.
    Awaitable<> collect() {
        ImageCollector images(*runtime_, pulled_images_, clock_, options_.images, [this] {
            return wanted_images(pods_->pods());
        });
        while (true) {
            co_await sleep_for(options_.collection_period);
            if (const auto known = pods_->known_uids()) {
                const auto left =
                    remove_leftovers(volumes_, options_.log_root, options_.node_name, *known);
                if (left.volumes + left.log_folders > 0)
                    logger("agent")->info(
                        "removed what gone pods had left volumes={} logs={}",
                        left.volumes,
                        left.log_folders);
            }
            if (auto collected = co_await images.collect(); !collected)
                logger("images")->warn("images not collected why={}", collected.error().message);
        }
    }

    void read_manifests() {
        if (options_.pod_manifest_path.empty()) return;
        pods_->expect_static_pods();
        manifests_ = std::make_unique<ManifestFolder>(
            executor_,
            options_.pod_manifest_path,
            options_.node_name,
            std::filesystem::path(options_.data_dir) / "static-pods.json",
            [this](const std::vector<Json>& pods) {
                pods_->set_static_pods(pods);
                if (link_) link_->set_static_pods(pods);
            });
        pods_->remember_static_pods(manifests_->remember());
        tasks_.spawn("manifests", manifests_->run());
    }

    boost::asio::any_io_executor executor_;
    NodeAgentOptions options_;
    std::unique_ptr<Runtime> runtime_;
    const Clock& clock_;
    DataDirLock lock_;
    NodeContext context_;
    PodCheckpoint checkpoint_;
    PodVolumes volumes_;
    LocalReports local_;
    BlackBox black_box_;
    PullSlots pulls_;
    ImageLedger pulled_images_;
    std::unique_ptr<ServerLink> link_;
    std::unique_ptr<ApiObjects> objects_;
    std::unique_ptr<ApiRelay> relay_;
    std::unique_ptr<PodServices> services_;
    std::unique_ptr<PodManager> pods_;
    std::unique_ptr<RuntimeWatcher> watcher_;
    std::unique_ptr<ManifestFolder> manifests_;
    TaskGroup tasks_;
};

NodeAgent::NodeAgent(
    boost::asio::any_io_executor executor,
    NodeAgentOptions options,
    std::unique_ptr<Runtime> runtime,
    const Clock& clock)
    : impl_(std::make_unique<Impl>(
          std::move(executor), std::move(options), std::move(runtime), clock)) {}

NodeAgent::~NodeAgent() = default;

Awaitable<Result<void>> NodeAgent::start() {
    co_return co_await impl_->start();
}

Awaitable<> NodeAgent::stop() {
    co_await impl_->stop();
}

}  // namespace picket::nodeagent
