#include "nodeagent/streams/stream_handlers.hpp"

#include "common/api/status.hpp"
#include "common/http/channel_stream.hpp"
#include "common/http/pump.hpp"
#include "nodeagent/streams/command_request.hpp"
#include "nodeagent/streams/command_session.hpp"
#include "nodeagent/streams/log_request.hpp"
#include "nodeagent/streams/port_dialer.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
using namespace boost::asio::experimental::awaitable_operators;
using Peer = std::shared_ptr<http::ByteStream>;

/// A followed container may be silent for long; a peer that goes away is seen by the other
/// direction.
constexpr std::chrono::milliseconds kQuietLog = 24h;

std::string parameter_of(const StreamRequest& request, std::string_view name) {
    const auto found =
        std::ranges::find(request.parameters, name, &std::pair<std::string, std::string>::first);
    return found == request.parameters.end() ? std::string() : found->second;
}

/// Sends why there is no stream; true if there is one and the peer has heard of it.
template <class Opened>
Awaitable<bool> greet(Peer peer, const Result<Opened>* opened) {
    StreamReply reply;
    if (!*opened) reply.failure = opened->error();
    const auto sent = co_await send_reply(peer, std::move(reply));
    co_return opened->has_value() && sent.has_value();
}

Awaitable<> copy_log(std::unique_ptr<LogStream> log, Peer peer, std::optional<std::int64_t> limit) {
    while (!limit || *limit > 0) {
        auto piece = co_await log->next(kQuietLog);
        if (!piece || piece->empty()) break;
        if (limit) {
            piece->resize(std::min(piece->size(), static_cast<std::size_t>(*limit)));
            *limit -= static_cast<std::int64_t>(piece->size());
        }
        if (auto written = co_await peer->write(std::move(*piece)); !written) break;
    }
}

}  // namespace

Awaitable<Result<void>> send_reply(Peer peer, StreamReply reply) {
    co_return co_await peer->write(to_json(reply).dump() + "\n");
}

Awaitable<> wait_for_close(Peer peer) {
    std::array<char, 4096> buffer{};
    while (true) {
        auto count = co_await peer->read_some(buffer);
        if (!count || *count == 0) co_return;
    }
}

Awaitable<> StreamHandlers::serve(StreamRequest request, Peer peer, std::size_t open_streams) {
    if (request.kind == "log") co_return co_await serve_log(std::move(request), peer);
    if (request.kind == "exec" || request.kind == "attach")
        co_return co_await serve_command(std::move(request), peer);
    if (request.kind == "portforward") co_return co_await serve_port(std::move(request), peer);
    if (request.kind == "page")
        co_return co_await serve_page(std::move(request), peer, open_streams);
    StreamReply reply;
    reply.failure =
        bad_request(fmt::format("this agent does not know streams of kind \"{}\"", request.kind));
    (void)co_await send_reply(peer, std::move(reply));
}

Awaitable<> StreamHandlers::serve_log(StreamRequest request, Peer peer) {
    auto log = co_await open_log(request);
    const bool open = co_await greet(peer, &log);
    if (!open) co_return;
    const auto limit = parse_log_request(request, clock_.now())->limit_bytes;
    co_await (copy_log(std::move(*log), peer, limit) || wait_for_close(peer));
}

Awaitable<> StreamHandlers::serve_command(StreamRequest request, Peer peer) {
    auto command = co_await open_command(std::move(request));
    const bool open = co_await greet(peer, &command);
    if (!open) co_return;
    co_await run_command_session(
        std::move(*command), std::make_shared<http::ChannelStream>(executor_, peer));
}

Awaitable<> StreamHandlers::serve_port(StreamRequest request, Peer peer) {
    auto target = co_await open_port(std::move(request));
    const bool open = co_await greet(peer, &target);
    if (!open) co_return;
    // An end in the middle is an end like others: both sides see it.
    (void)co_await http::pump_both_ways(std::move(*target), peer);
}

Awaitable<> StreamHandlers::serve_page(StreamRequest request, Peer peer, std::size_t open_streams) {
    auto page = co_await pages_.get(parameter_of(request, "path"), open_streams);
    StreamReply reply;
    if (page) {
        reply.content_type = page->content_type;
    } else {
        reply.failure = page.error();
    }
    const auto greeted = co_await send_reply(peer, std::move(reply));
    // A server that has gone needs no page.
    if (page && greeted) (void)co_await peer->write(std::move(page->text));
}

Awaitable<Result<std::unique_ptr<LogStream>>> StreamHandlers::open_log(StreamRequest request) {
    auto wanted = parse_log_request(request, clock_.now());
    if (!wanted) co_return wanted.error();
    auto container = container_of(request, wanted->previous);
    if (!container) co_return container.error();
    co_return co_await runtime_.logs(*container, wanted->options);
}

Awaitable<Result<std::unique_ptr<CommandStream>>> StreamHandlers::open_command(
    StreamRequest request) {
    auto wanted = parse_command_request(request);
    if (!wanted) co_return wanted.error();
    auto container = running_container_of(request);
    if (!container) co_return container.error();
    if (request.kind == "attach")
        co_return co_await runtime_.attach(*container, std::move(*wanted));
    co_return co_await runtime_.open_exec(*container, std::move(*wanted));
}

Awaitable<Result<std::unique_ptr<http::ByteStream>>> StreamHandlers::open_port(
    StreamRequest request) {
    const auto port = parse_port(parameter_of(request, "port"));
    if (!port) co_return port.error();
    const auto* worker = pods_.find(request.pod_uid);
    if (worker == nullptr) co_return not_found_error("pods", request.pod);
    co_return co_await dial_pod_port(executor_, worker->network(), *port);
}

Result<std::string> StreamHandlers::running_container_of(const StreamRequest& request) const {
    auto id = container_of(request, false);
    if (!id) return id;
    const auto* state = pods_.find(request.pod_uid)->find_container(request.container, false);
    if (state->running()) return id;
    return bad_request(
        fmt::format("container {} of pod {} does not run", request.container, request.pod));
}

Result<std::string> StreamHandlers::container_of(
    const StreamRequest& request, bool previous) const {
    const auto* worker = pods_.find(request.pod_uid);
    const auto* container =
        worker != nullptr ? worker->find_container(request.container, previous) : nullptr;
    if (container != nullptr) return container->id;
    if (previous) {
        return bad_request(fmt::format(
            "previous terminated container \"{}\" in pod \"{}\" not found",
            request.container,
            request.pod));
    }
    return bad_request(fmt::format(
        "container \"{}\" in pod \"{}\" is waiting to start: ContainerCreating",
        request.container,
        request.pod));
}

}  // namespace picket::nodeagent
