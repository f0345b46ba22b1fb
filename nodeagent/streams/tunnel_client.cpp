#include "nodeagent/streams/tunnel_client.hpp"

#include "common/async/exception.hpp"
#include "common/async/timing.hpp"
#include "common/base/log.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/scope_exit.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
using namespace boost::asio::experimental::awaitable_operators;

constexpr std::chrono::milliseconds kFirstTunnelRetry = 200ms;
constexpr std::chrono::milliseconds kLongestTunnelRetry = 5s;
constexpr std::chrono::seconds kLingerTime = 5s;

}  // namespace

TunnelClient::TunnelClient(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    Runtime& runtime,
    PodManager& pods,
    const Clock& clock,
    std::string node_name)
    : api_(api),
      clock_(clock),
      handlers_(executor, runtime, pods, clock, node_name),
      node_name_(std::move(node_name)),
      streams_(executor, [](const std::string& task, std::exception_ptr failure) {
          logger("tunnel")->error("stream failed stream={} why={}", task, describe(failure));
      }) {}

std::string TunnelClient::path(std::string_view rest) const {
    return fmt::format("/apis/picket.dev/v1/nodes/{}/tunnel{}", http::url_encode(node_name_), rest);
}

Awaitable<> TunnelClient::run() {
    auto retry = kFirstTunnelRetry;
    while (true) {
        const auto began = clock_.now();
        auto ended = co_await listen();
        if (!ended) logger("tunnel")->debug("closed why={}", ended.error().message);
        retry = clock_.now() - began > kLongestTunnelRetry
                    ? kFirstTunnelRetry
                    : std::min(retry * 2, kLongestTunnelRetry);
        co_await sleep_for(retry);
    }
}

Awaitable<> TunnelClient::stop() {
    co_await streams_.stop();
}

Awaitable<Result<void>> TunnelClient::listen() {
    http::Request request;
    request.target = path();
    auto response = co_await api_.open(std::move(request));
    if (!response) co_return response.error();
    while (true) {
        auto line = co_await (*response)->read_line(3 * kTunnelKeepAlive);
        if (!line) co_return line.error();
        const std::optional<std::string> text = std::move(*line);
        if (!text) co_return Ok();
        const auto json = Json::parse(*text, nullptr, false);
        if (!json.is_object() || json.empty()) continue;
        auto stream = parse_stream_request(json);
        if (!stream) co_return stream.error();
        const auto name = stream->kind + " " + stream->pod;
        streams_.spawn(name, serve(std::move(*stream)));
    }
}

// Counts what is served, not what is still being dialled, refused or closed.
Awaitable<> TunnelClient::serve_one(StreamRequest request, std::shared_ptr<http::ByteStream> peer) {
    ++serving_;
    BOOST_SCOPE_EXIT_ALL(&) {
        --serving_;
    };
    co_await handlers_.serve(std::move(request), std::move(peer), serving_);
}

Awaitable<> TunnelClient::serve(StreamRequest request) {
    http::Request dial;
    dial.target = path("/" + http::url_encode(request.id));
    auto stream = co_await api_.upgrade(std::move(dial), std::string(kTunnelProtocol));
    if (!stream) {
        logger("tunnel")->warn(
            "cannot open a stream pod={} why={}", request.pod, stream.error().message);
        co_return;
    }
    std::shared_ptr<http::ByteStream> peer = std::move(*stream);
    if (serving_ < kMaxStreams) {
        co_await serve_one(std::move(request), peer);
    } else {
        StreamReply reply;
        reply.failure = Error{
            Reason::TooManyRequests,
            fmt::format("the agent of node {} serves too many streams already", node_name_)};
        (void)co_await send_reply(peer, std::move(reply));
    }
    co_await peer->close_write();
    // Closing with unread input would reset the connection, and the server might lose the end.
    co_await (wait_for_close(peer) || sleep_for(kLingerTime));
    peer->close();
}

}  // namespace picket::nodeagent
