#include "common/http/detail/server_session.hpp"

#include "common/async/exception.hpp"
#include "common/base/log.hpp"
#include "common/http/detail/byte_stream.hpp"
#include "common/http/detail/stream_writer.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace picket::http::detail {
namespace {

namespace asio = boost::asio;

// What a fast client still has on its way when it is refused; a reset would take the answer from
// it.
constexpr std::size_t kLingerBytes = 16U << 20U;
constexpr std::chrono::seconds kLinger{2};

bool has_no_body(unsigned status) {
    return status < 200 || status == 204 || status == 304;
}

std::uint64_t total_size(const std::vector<Bytes>& pieces) {
    std::uint64_t size = 0;
    for (const auto& piece : pieces) size += piece->size();
    return size;
}

/// The target without its query, which may hold more than a log should.
std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

}  // namespace

const std::string& SessionContext::date() {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (now != date_of_) {
        date_ = format_http_date(now);
        date_of_ = now;
    }
    return date_;
}

ServerSession::ServerSession(
    SessionContext& context, std::shared_ptr<Transport> transport, std::string peer)
    : context_(context),
      transport_(std::move(transport)),
      peer_(std::move(peer)),
      reader_(*transport_, context_.limits) {}

void ServerSession::finish() {
    if (idle_ || handed_over_) {
        transport_->close();
    } else {
        stream_cancel_.emit(asio::cancellation_type::terminal);
    }
}

void ServerSession::abort() {
    transport_->close();
    stream_cancel_.emit(asio::cancellation_type::terminal);
}

Awaitable<> ServerSession::run() {
    std::exception_ptr failure;
    try {
        co_await serve();
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure && !is_cancellation(failure)) {
        logger("http")->error("connection failed peer={} error={}", peer_, describe(failure));
    }
    // A stream that took the connection over may outlive its handler; it closes the connection
    // itself.
    if (!handed_over_) transport_->close();
}

Awaitable<> ServerSession::serve() {
    transport_->deadline().expires_after(context_.limits.header_timeout);
    const auto shaken = co_await transport_->handshake();
    if (!shaken) {
        logger("http")->debug("connection refused peer={} error={}", peer_, shaken.error().message);
        co_return;
    }
    while (co_await serve_one()) {
        transport_->deadline().expires_after(context_.limits.idle_timeout);
    }
}

Awaitable<bool> ServerSession::wait_for_request() {
    if (context_.stopping && reader_.buffered() == 0) co_return false;
    idle_ = true;
    const bool arrived = co_await reader_.wait();
    idle_ = false;
    co_return arrived;
}

Awaitable<bool> ServerSession::serve_one() {
    if (!co_await wait_for_request()) co_return false;
    auto reading = co_await reader_.read();
    if (auto* rejection = std::get_if<Rejection>(&reading)) co_await reject(std::move(*rejection));
    auto* incoming = std::get_if<Incoming>(&reading);
    if (incoming == nullptr) co_return false;
    if (refusal_) {
        co_await reject({*refusal_, http_status(refusal_->reason)});
        co_return false;
    }
    transport_->deadline().clear();
    incoming->request.peer = peer_;
    auto response = co_await handle(std::exchange(incoming->request, {}));
    co_return co_await answer(std::move(*incoming), std::move(response));
}

Awaitable<> ServerSession::reject(Rejection rejection) {
    auto response = context_.on_error(rejection.error, rejection.status);
    const Framing framing{
        Framing::Body::Length, total_size(response.body), Framing::Connection::Close};
    co_await write_head(
        rejection.status, std::move(response.headers), framing, std::move(response.body));
    co_await linger();
}

/// Closing with unread input would reset the connection, and the peer might never see our answer.
Awaitable<> ServerSession::linger() {
    transport_->deadline().expires_after(kLinger);
    if (co_await transport_->close_write()) co_return;
    for (std::size_t dropped = 0; dropped < kLingerBytes;
         dropped += reader_.take_buffered().size()) {
        if (co_await reader_.receive()) co_return;
    }
}

Awaitable<Response> ServerSession::handle(Request request) {
    const auto what = fmt::format("{} {}", method_name(request.method), path_of(request.target));
    std::exception_ptr failure;
    try {
        co_return co_await context_.handler(std::move(request));
    } catch (...) {
        failure = std::current_exception();
    }
    if (context_.stopping && is_cancellation(failure)) std::rethrow_exception(failure);
    logger("http")->error("request failed request=\"{}\" error={}", what, describe(failure));
    co_return context_.on_error(
        Error{Reason::InternalError, "the server failed to handle the request"},
        http_status(Reason::InternalError));
}

Framing::Connection ServerSession::connection_field(const Incoming& incoming) const {
    if (!incoming.keep_alive || context_.stopping) return Framing::Connection::Close;
    return incoming.http_1_0 ? Framing::Connection::KeepAlive : Framing::Connection::Implied;
}

Awaitable<bool> ServerSession::answer(Incoming incoming, Response response) {
    if (response.status == 101 && response.upgrade) {
        co_await answer_upgrade(std::move(response));
        co_return false;
    }
    if (response.stream) co_return co_await answer_stream(incoming, std::move(response));
    co_return co_await answer_whole(incoming, std::move(response));
}

Awaitable<error_code> ServerSession::write_head(
    unsigned status, Headers headers, Framing framing, std::vector<Bytes> body) {
    const auto head = format_response_head(status, headers, framing, context_.date());
    Buffers buffers;
    buffers.reserve(body.size() + 1);
    buffers.emplace_back(head.data(), head.size());
    for (const auto& piece : body) buffers.emplace_back(piece->data(), piece->size());
    co_return co_await transport_->write(std::move(buffers), context_.limits.write_timeout);
}

Awaitable<bool> ServerSession::answer_whole(const Incoming& incoming, Response response) {
    Framing framing{Framing::Body::Length, total_size(response.body), connection_field(incoming)};
    if (has_no_body(response.status)) framing.body = Framing::Body::None;
    if (incoming.head || framing.body == Framing::Body::None) response.body.clear();
    const auto error = co_await write_head(
        response.status, std::move(response.headers), framing, std::move(response.body));
    co_return !error && framing.connection != Framing::Connection::Close;
}

Awaitable<bool> ServerSession::answer_stream(const Incoming& incoming, Response response) {
    const bool chunked = !incoming.http_1_0;
    Framing framing{Framing::Body::Chunked, 0, connection_field(incoming)};
    if (!chunked) framing = {Framing::Body::UntilClose, 0, Framing::Connection::Close};
    if (co_await write_head(response.status, std::move(response.headers), framing)) co_return false;
    const bool keep = framing.connection != Framing::Connection::Close;
    if (incoming.head) co_return keep;
    const bool complete = co_await run_stream(std::move(response.stream), chunked);
    co_return complete&& keep && !context_.stopping;
}

/// True if the peer has got the stream up to its regular end.
Awaitable<bool> ServerSession::run_stream(
    std::function<Awaitable<void>(BodyWriter&)> stream, bool chunked) {
    const auto executor = transport_->executor();
    StreamWriter writer(*transport_, context_.limits.write_timeout, chunked);
    std::exception_ptr failure;
    if (!context_.stopping) {
        TaskGroup watch(executor);
        watch.spawn("peer watch", watch_peer());
        const auto slot = stream_cancel_.slot();
        std::tie(failure) = co_await asio::co_spawn(
            executor,
            stream(writer),
            asio::bind_cancellation_slot(slot, asio::as_tuple(use_awaitable)));
        // Also when this session itself is cancelled, its watch ends before it does.
        co_await asio::this_coro::reset_cancellation_state();
        co_await watch.stop();
    }
    const bool ended_by_us = failure && is_cancellation(failure) && context_.stopping;
    if (failure && !is_cancellation(failure)) {
        logger("http")->error("stream failed peer={} error={}", peer_, describe(failure));
    }
    if (!transport_->is_open() || writer.failed() || (failure && !ended_by_us)) co_return false;
    co_return !(co_await writer.finish());
}

/// A stream that has nothing to write would not notice that its client is gone.
Awaitable<> ServerSession::watch_peer() {
    while (reader_.buffered() < context_.limits.header_bytes) {
        const auto error = co_await reader_.notice();
        if (error == asio::error::operation_aborted) co_return;
        if (error) {
            stream_cancel_.emit(asio::cancellation_type::terminal);
            co_return;
        }
    }
}

Awaitable<> ServerSession::answer_upgrade(Response response) {
    const Framing framing{Framing::Body::None, 0, Framing::Connection::Upgrade};
    if (co_await write_head(101, std::move(response.headers), framing)) co_return;
    handed_over_ = true;
    co_await response.upgrade(make_byte_stream(transport_, reader_.take_buffered()));
}

}  // namespace picket::http::detail
