#pragma once
#include "common/async/timing.hpp"
#include "common/base/clock.hpp"
#include "common/client/api_client.hpp"
#include "nodeagent/node/host_facts.hpp"
#include "nodeagent/node/node_object.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace picket::nodeagent {

/// Keeps this host's Node object and Lease in the API: makes them (again, when somebody deletes
/// them while the agent lives), renews the Lease, and writes the status when it says something new,
/// every five minutes otherwise.
class NodeKeeper {
public:
    struct Identity {
        std::string name;
        std::string ip;
        Labels labels;
        HostFactsSource host_facts;
        std::chrono::milliseconds heartbeat;
    };
    NodeKeeper(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        Runtime& runtime,
        const Clock& clock,
        Identity identity);

    /// Null when the engine answers, otherwise why it does not.
    void set_runtime_health(const Error* trouble);
    void set_ip(const std::string& ip);
    /// The API's copy, null when it has none.
    void seen(const Json* node);

    /// Both run until cancelled; spawn them in the owner's TaskGroup.
    Awaitable<> keep_node();
    Awaitable<> renew_lease();
    /// Called when the API does not accept this node's credential any more.
    std::function<void()> on_unauthorized;
    /// Called when a renewal succeeds after the way to the server was broken for longer than a
    /// heartbeat.
    std::function<void()> on_contact_restored;

private:
    Awaitable<Result<void>> update_node();
    Awaitable<Result<void>> create_node();
    Awaitable<Result<void>> update_labels();
    Awaitable<Result<void>> update_status();
    Awaitable<Result<void>> renew_once();
    void judge_contact(const Result<void>& renewed, std::chrono::steady_clock::duration took);
    [[nodiscard]] NodeSnapshot snapshot() const;
    [[nodiscard]] bool status_due(const Json& status) const;
    void note(const Result<void>& result, std::string_view what);

    client::ApiClient& api_;
    Runtime& runtime_;
    const Clock& clock_;
    Identity identity_;
    RuntimeInfo runtime_info_;
    HostFacts host_;  ///< as of the last look
    std::optional<std::string>
        runtime_trouble_;  ///< empty text: the engine answers; nothing: not heard yet
    Json seen_ = nullptr;
    bool asked_ = false;  ///< whether `seen_` tells what the API has
    Json sent_status_ = nullptr;
    TimePoint sent_at_{};
    std::string last_trouble_;
    bool contact_broken_ = false;
    Notification changed_;
};

}  // namespace picket::nodeagent
