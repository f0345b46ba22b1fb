#pragma once
#include "common/api/tunnel.hpp"
#include "common/async/task_group.hpp"
#include "common/base/clock.hpp"
#include "common/client/api_client.hpp"
#include "nodeagent/pod/pod_manager.hpp"
#include "nodeagent/runtime/runtime.hpp"
#include "nodeagent/streams/stream_handlers.hpp"

#include <memory>
#include <string>

namespace picket::nodeagent {

/// The agent's end of the tunnel (common/api/tunnel.hpp): holds the control stream open and serves
/// each request on a connection of its own. More than kMaxStreams at a time are refused.
class TunnelClient {
public:
    static constexpr std::size_t kMaxStreams = 256;

    TunnelClient(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        Runtime& runtime,
        PodManager& pods,
        const Clock& clock,
        std::string node_name);

    /// Until cancelled. Spawn it in the owner's TaskGroup; afterwards await stop().
    Awaitable<> run();
    Awaitable<> stop();

private:
    Awaitable<Result<void>> listen();
    Awaitable<> serve(StreamRequest request);
    Awaitable<> serve_one(StreamRequest request, std::shared_ptr<http::ByteStream> peer);
    [[nodiscard]] std::string path(std::string_view rest = {}) const;

    client::ApiClient& api_;
    const Clock& clock_;
    StreamHandlers handlers_;
    std::string node_name_;
    std::size_t serving_ = 0;
    TaskGroup streams_;
};

}  // namespace picket::nodeagent
