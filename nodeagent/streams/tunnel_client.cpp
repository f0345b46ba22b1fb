#include "nodeagent/streams/tunnel_client.hpp"

#include "common/async/exception.hpp"
#include "common/async/loop_clock.hpp"
#include "common/async/timing.hpp"
#include "common/base/log.hpp"
#include "common/client/backoff.hpp"

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

constexpr std::chrono::milliseconds kFirstTunnelRetry = 100ms;
constexpr std::chrono::milliseconds kLongestTunnelRetry = 5s;
/// A control stream that lasted this long did work.
constexpr std::chrono::seconds kHealthyTunnel = 5s;
/// How long a keep-alive may be late.
constexpr std::chrono::seconds kKeepAliveGrace = 5s;
constexpr std::chrono::seconds kLingerTime = 5s;

std::string tunnel_path(const std::string& node) {
    return fmt::format("/apis/picket.dev/v1/nodes/{}/tunnel", http::url_encode(node));
}

}  // namespace

TunnelClient::TunnelClient(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    Runtime& runtime,
    PodManager& pods,
    const Clock& clock,
    std::string node_name,
    std::uint64_t seed)
    : api_(api),
      clock_(clock),
      handlers_(executor, runtime, pods, clock, node_name),
      node_name_(std::move(node_name)),
      watches_(api, tunnel_path(node_name_)),
      random_(seed == 0 ? Random::from_system() : Random(seed)),
      redial_(executor),
      streams_(executor, [](const std::string& task, std::exception_ptr failure) {
          logger("tunnel")->error("stream failed stream={} why={}", task, describe(failure));
      }) {}

Awaitable<> TunnelClient::run() {
    for (unsigned failures = 0;;) {
        const auto began = clock_.now();
        const auto ended = co_await (connect() || redial_.wait());
        const auto* done = std::get_if<0>(&ended);
        watches_.disconnected(
            done != nullptr && !*done
                ? done->error()
                : Error{Reason::ServiceUnavailable, "the control stream of this node has ended"});
        if (clock_.now() - began > kHealthyTunnel) failures = 0;
        const auto delay =
            client::backoff_delay(failures++, kFirstTunnelRetry, kLongestTunnelRetry);
        co_await redial_.wait_for(client::with_jitter(delay, random_.fraction()));
    }
}

bool TunnelClient::overdue() const {
    return LoopClock::now() - heard_ > kTunnelKeepAlive + kKeepAliveGrace;
}

void TunnelClient::redial() {
    watches_.disconnected({Reason::ServiceUnavailable, "the control stream is dialled anew"});
    redial_.notify();
}

Awaitable<> TunnelClient::stop() {
    co_await streams_.stop();
}

Awaitable<Result<void>> TunnelClient::connect() {
    http::Request request;
    request.target = tunnel_path(node_name_);
    const auto control = co_await api_.open(std::move(request));
    if (!control) co_return control.error();
    if ((*control)->status() != 200) {
        co_return Error{
            Reason::ServiceUnavailable,
            fmt::format("the server refuses the tunnel with status {}", (*control)->status())};
    }
    const auto ended = co_await listen(control->get());
    if (!ended) logger("tunnel")->debug("closed why={}", ended.error().message);
    co_return ended;
}

Awaitable<Result<void>> TunnelClient::listen(http::StreamingResponse* control) {
    while (true) {
        auto text = co_await control->read_line(3 * kTunnelKeepAlive);
        if (!text) co_return text.error();
        if (!*text) co_return Ok();
        heard_ = LoopClock::now();
        auto line = parse_control_line(**text);
        if (!line) co_return line.error();
        if (auto* session = std::get_if<control_line::Session>(&*line)) {
            watches_.connected(std::move(session->id));
        } else if (auto* lines = std::get_if<control_line::WatchLines>(&*line)) {
            auto taken = co_await take_watch_lines(control, std::move(*lines));
            if (!taken) co_return taken;
        } else if (const auto* end = std::get_if<control_line::WatchEnd>(&*line)) {
            watches_.end(end->watch);
        } else if (auto* request = std::get_if<StreamRequest>(&*line)) {
            const auto name = request->kind + " " + request->pod;
            streams_.spawn(name, serve(std::move(*request)));
        }
    }
}

Awaitable<Result<void>> TunnelClient::take_watch_lines(
    http::StreamingResponse* control, control_line::WatchLines lines) {
    for (std::size_t i = 0; i < lines.count; ++i) {
        auto line = co_await control->read_line(3 * kTunnelKeepAlive);
        if (!line) co_return line.error();
        if (!*line)
            co_return Error{Reason::ServiceUnavailable, "the control stream ended within a watch"};
        watches_.take_line(lines.watch, std::move(**line));
    }
    co_return Ok();
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
    dial.target = tunnel_path(node_name_) + "/" + http::url_encode(request.id);
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
