#pragma once
#include "common/async/task_group.hpp"
#include "common/client/api_client.hpp"
#include "common/client/event_recorder.hpp"
#include "common/client/informer.hpp"
#include "nodeagent/local/credential_file.hpp"
#include "nodeagent/node/node_keeper.hpp"
#include "nodeagent/pod/api_objects.hpp"
#include "nodeagent/pod/pod_manager.hpp"
#include "nodeagent/pod/status_reporter.hpp"
#include "nodeagent/static_pods/mirror_pods.hpp"
#include "nodeagent/streams/tunnel_client.hpp"

#include <string>

namespace picket::nodeagent {

/// Everything of the agent that needs the server: registration, Node and Lease, the pod watch,
/// statuses, events, the tunnel. The rest of the agent does not notice whether it is there. Loop
/// thread only.
class ServerLink final : public StatusSink, public PodEvents {
public:
    struct Options {
        client::ApiClientOptions api;
        std::string join_token;
        std::string data_dir;
        NodeCredential credential;
        NodeKeeper::Identity node;
        std::uint64_t seed = 0;
    };
    ServerLink(
        boost::asio::any_io_executor executor,
        Options options,
        Runtime& runtime,
        const Clock& clock);

    [[nodiscard]] client::ApiClient& api() { return api_; }
    /// Begins to dial. `pods` and `objects` outlive the link's tasks.
    void start(PodManager& pods, ApiObjects& objects);
    Awaitable<> stop();
    void set_runtime_health(const Error* trouble) { keeper_.set_runtime_health(trouble); }
    void set_node_ip(const std::string& ip) { keeper_.set_ip(ip); }
    void departed(const Pod& pod) { statuses_.departed(pod); }
    void set_static_pods(const std::vector<Json>& pods) { mirrors_.set_static_pods(pods); }

    void report(const Pod& pod, Json status) override;
    void normal(
        const Pod& pod,
        const std::string& container,
        std::string reason,
        std::string message) override;
    void warning(
        const Pod& pod,
        const std::string& container,
        std::string reason,
        std::string message) override;

private:
    Awaitable<> connect();
    /// Until this node has a credential that the server has just given.
    Awaitable<> obtain_credential();
    Awaitable<> renew_credential();
    void make_watches();
    void pods_listed(std::vector<Json> objects);
    void pod_changed(client::WatchLine line);
    void show_static(const Json& mirror);
    void contact_changed(const Error* lost);

    boost::asio::any_io_executor executor_;
    Options options_;
    Runtime& runtime_;
    const Clock& clock_;
    client::ApiClient api_;
    NodeKeeper keeper_;
    StatusReporter statuses_;
    MirrorPods mirrors_;
    std::map<std::string, Json>
        static_statuses_;  ///< by uid: what a mirror that is made anew shows
    client::EventRecorder events_;
    PodManager* pods_ = nullptr;
    ApiObjects* objects_ = nullptr;
    std::unique_ptr<client::Reflector> pod_watch_;
    std::unique_ptr<client::Reflector> node_watch_;
    std::unique_ptr<TunnelClient> tunnel_;
    Notification unauthorized_;
    TaskGroup tasks_;
};

}  // namespace picket::nodeagent
