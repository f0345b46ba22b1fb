#include "nodeagent/node_agent.hpp"

#include "common/api/node.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "common/base/file_lock.hpp"
#include "common/base/log.hpp"
#include "common/base/private_file.hpp"
#include "common/base/random.hpp"
#include "nodeagent/blackbox/black_box.hpp"
#include "nodeagent/host_context.hpp"
#include "nodeagent/housekeeper.hpp"
#include "nodeagent/local/data_dir_lock.hpp"
#include "nodeagent/node/host_address.hpp"
#include "nodeagent/node/registration.hpp"
#include "nodeagent/pod/local_reports.hpp"
#include "nodeagent/pod/runtime_watcher.hpp"
#include "nodeagent/relay/api_relay.hpp"
#include "nodeagent/server_link.hpp"
#include "nodeagent/static_pods/manifest_folder.hpp"

#include <spdlog/spdlog.h>

namespace picket::nodeagent {
namespace {

constexpr std::chrono::seconds kLookForAddress{10};

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
          volumes_(
              std::filesystem::path(options_.data_dir) / "volumes",
              options_.mounts_volumes ? std::optional(EngineView(options_.docker)) : std::nullopt),
          black_box_(std::filesystem::path(options_.data_dir) / "exits"),
          pulls_(executor, options_.pulls, options_.seed),
          pulled_images_(std::filesystem::path(options_.data_dir) / "pulled-images.json"),
          tasks_(executor) {
        if (!options_.host_facts)
            options_.host_facts = [dir = options_.data_dir] { return read_host_facts(dir); };
    }

    Awaitable<Result<void>> start() {
        if (auto opened = open_data_dir(); !opened) co_return opened;
        make_address();
        const auto ip = address_->look();
        context_ = make_context(options_, ip);
        if (!options_.server.empty()) {
            if (auto linked = make_link(ip); !linked) co_return linked;
        }
        make_pods();
        publish_readiness();
        pods_->restore();
        read_manifests();
        tasks_.spawn("address", follow_address());
        tasks_.spawn("pods", pods_->run());
        tasks_.spawn("runtime", watcher_->run());
        tasks_.spawn("housekeeping", housekeeper_->run());
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

    void make_address() {
        const auto server = http::parse_endpoint(options_.server);
        address_ = std::make_unique<HostAddress>(HostAddress::Options{
            options_.node_ip,
            server ? server->host : std::string(),
            std::filesystem::path(options_.data_dir) / "node-ip"});
    }

    Awaitable<> follow_address() {
        if (!options_.node_ip.empty()) co_return;
        while (true) {
            co_await sleep_for(kLookForAddress);
            const auto ip = address_->look();
            if (ip == context_.ip) continue;
            logger("agent")->info("address changed from={} to={}", context_.ip, ip);
            context_.ip = ip;
            pods_->host_changed();
            if (link_) link_->set_node_ip(ip);
        }
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
        if (own->token.empty() && options_.join_token.empty()) return start_unregistered();
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

    /// A host that has lost its credential still runs what it ran.
    Result<void> start_unregistered() {
        const std::string why =
            "this node is not registered yet: give a join token with --token-file or $PICKET_TOKEN";
        if (!checkpoint_.holds_pods_of(options_.node_name))
            return Error{.reason = Reason::BadRequest, .message = why};
        logger("agent")->error(
            "no usable credential in {}, only the local copy is run: {}", options_.data_dir, why);
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
        housekeeper_ = std::make_unique<Housekeeper>(
            options_, *runtime_, clock_, pulled_images_, volumes_, *pods_);
    }

    void make_relay() {
        const auto server = http::parse_endpoint(options_.server);
        if (!server || !is_loopback(server->host)) return;
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
    std::unique_ptr<HostAddress> address_;
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
    std::unique_ptr<Housekeeper> housekeeper_;
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
