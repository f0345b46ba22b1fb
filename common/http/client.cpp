#include "common/http/client.hpp"

#include "common/async/loop_clock.hpp"
#include "common/http/detail/connector.hpp"
#include "common/http/detail/exchange.hpp"
#include "common/http/detail/streaming_response.hpp"
#include "common/http/detail/wire.hpp"

#include <boost/asio/error.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace picket::http {
namespace {

using detail::Exchange;
using detail::Transport;
using detail::WireRequest;
using Moment = std::chrono::steady_clock::time_point;

/// Servers close idle connections after some minutes; one that old is not worth the attempt.
constexpr std::chrono::seconds kMaxIdle{60};
/// Requests at the same time leave more connections behind than one after the other needs.
constexpr std::chrono::seconds kMaxSpare{10};

detail::Framing framing_of(const Request& request) {
    using Body = detail::Framing::Body;
    const bool usually_has_body = request.method == Method::Post || request.method == Method::Put ||
                                  request.method == Method::Patch;
    const auto body = usually_has_body || !request.body.empty() ? Body::Length : Body::None;
    return {body, request.body.size(), detail::Framing::Connection::Implied};
}

/// An idle connection with something to read has been closed, or is out of step.
bool is_quiet(Transport& transport) {
    std::array<char, 1> byte{};
    return detail::is_would_block(transport.try_read(boost::asio::buffer(byte)).error);
}

Awaitable<Result<std::string>> whole_body(Exchange& exchange) {
    for (;;) {
        const auto more = co_await exchange.read_body();
        if (!more) co_return more.error();
        if (!*more) co_return std::move(exchange.body());
    }
}

}  // namespace

class Client::Impl : public std::enable_shared_from_this<Client::Impl> {
public:
    Impl(boost::asio::any_io_executor executor, ClientOptions options)
        : executor_(std::move(executor)), options_(std::move(options)) {}

    Awaitable<Result<ClientResponse>> send(Request request, std::chrono::milliseconds timeout);
    Awaitable<Result<std::unique_ptr<StreamingResponse>>> open(
        Request request, std::chrono::milliseconds timeout);
    Awaitable<Result<std::unique_ptr<ByteStream>>> upgrade(
        Request request, std::string protocol, std::chrono::milliseconds timeout);
    [[nodiscard]] const std::string& pinned_certificate_pem() const;
    [[nodiscard]] const Endpoint& endpoint() const { return options_.endpoint; }

private:
    struct Idle {
        std::unique_ptr<Transport> transport;
        Moment since;
    };

    [[nodiscard]] Result<WireRequest> encode(Request request, detail::Framing framing) const;
    Awaitable<Result<std::unique_ptr<Exchange>>> begin_fresh(WireRequest request, Moment deadline);
    Awaitable<Result<std::unique_ptr<Exchange>>> begin_pooled(WireRequest request, Moment deadline);
    Awaitable<Result<std::unique_ptr<Transport>>> connect(Moment deadline);
    Result<void> prepare_trust();
    std::unique_ptr<Transport> take_idle();
    void keep(std::unique_ptr<Transport> transport);

    boost::asio::any_io_executor executor_;
    ClientOptions options_;
    std::shared_ptr<detail::ClientTrust> trust_;
    std::vector<Idle> idle_;  // the one used last at the end
};

Result<WireRequest> Client::Impl::encode(Request request, detail::Framing framing) const {
    const bool is_unix = options_.endpoint.transport == Endpoint::Transport::Unix;
    auto head = detail::format_request_head(
        request,
        is_unix ? "" : options_.endpoint.path,
        detail::host_field(options_.endpoint),
        framing);
    if (!head) return head.error();
    const bool is_head = request.method == Method::Head;
    return WireRequest{
        std::move(*head),
        std::move(request.body),
        is_head,
        is_head || request.method == Method::Get};
}

Result<void> Client::Impl::prepare_trust() {
    if (trust_ || options_.endpoint.transport != Endpoint::Transport::Tls) return Ok();
    auto trust = detail::ClientTrust::make(options_);
    if (!trust) return trust.error();
    trust_ = std::move(*trust);
    return Ok();
}

Awaitable<Result<std::unique_ptr<Transport>>> Client::Impl::connect(Moment deadline) {
    auto trusted = prepare_trust();
    if (!trusted) co_return trusted.error();
    const auto latest = std::min(deadline, detail::moment_after(options_.connect_timeout));
    co_return co_await detail::connect(executor_, options_.endpoint, trust_, latest);
}

std::unique_ptr<Transport> Client::Impl::take_idle() {
    const auto oldest = LoopClock::now() - kMaxIdle;
    std::erase_if(idle_, [oldest](const Idle& idle) { return idle.since < oldest; });
    while (!idle_.empty()) {
        auto transport = std::move(idle_.back().transport);
        idle_.pop_back();
        if (is_quiet(*transport)) return transport;
    }
    return nullptr;
}

void Client::Impl::keep(std::unique_ptr<Transport> transport) {
    if (!transport) return;
    transport->deadline().clear();
    const auto now = LoopClock::now();
    std::erase_if(idle_, [now](const Idle& idle) { return idle.since < now - kMaxSpare; });
    if (idle_.size() < options_.max_idle_connections) {
        idle_.push_back({std::move(transport), now});
    } else {
        transport->close();
    }
}

Awaitable<Result<std::unique_ptr<Exchange>>> Client::Impl::begin_fresh(
    WireRequest request, Moment deadline) {
    auto transport = co_await connect(deadline);
    if (!transport) co_return transport.error();
    auto exchange = std::make_unique<Exchange>(std::move(*transport));
    exchange->deadline().expires_at(deadline);
    auto begun = co_await exchange->begin(request);
    if (!begun) co_return begun.error();
    co_return exchange;
}

Awaitable<Result<std::unique_ptr<Exchange>>> Client::Impl::begin_pooled(
    WireRequest request, Moment deadline) {
    while (auto transport = take_idle()) {
        auto exchange = std::make_unique<Exchange>(std::move(transport));
        exchange->deadline().expires_at(deadline);
        auto begun = co_await exchange->begin(request);
        if (begun) co_return exchange;
        if (!exchange->may_repeat(request)) co_return begun.error();
    }
    co_return co_await begin_fresh(std::move(request), deadline);
}

Awaitable<Result<ClientResponse>> Client::Impl::send(
    Request request, std::chrono::milliseconds timeout) {
    const auto self = shared_from_this();
    const auto deadline = detail::moment_after(timeout);
    const auto framing = framing_of(request);
    auto encoded = encode(std::move(request), framing);
    if (!encoded) co_return encoded.error();
    auto exchange = co_await begin_pooled(std::move(*encoded), deadline);
    if (!exchange) co_return exchange.error();
    auto body = co_await whole_body(**exchange);
    if (!body) co_return body.error();
    ClientResponse response{
        (*exchange)->status(), std::move((*exchange)->headers()), std::move(*body)};
    keep((*exchange)->reusable_transport());
    co_return response;
}

Awaitable<Result<std::unique_ptr<StreamingResponse>>> Client::Impl::open(
    Request request, std::chrono::milliseconds timeout) {
    const auto self = shared_from_this();
    const auto framing = framing_of(request);
    auto encoded = encode(std::move(request), framing);
    if (!encoded) co_return encoded.error();
    auto exchange = co_await begin_fresh(std::move(*encoded), detail::moment_after(timeout));
    if (!exchange) co_return exchange.error();
    (*exchange)->deadline().clear();
    co_return detail::make_streaming_response(std::move(*exchange));
}

Awaitable<Result<std::unique_ptr<ByteStream>>> Client::Impl::upgrade(
    Request request, std::string protocol, std::chrono::milliseconds timeout) {
    const auto self = shared_from_this();
    request.headers.set("Upgrade", std::move(protocol));
    auto framing = framing_of(request);
    framing.connection = detail::Framing::Connection::Upgrade;
    auto encoded = encode(std::move(request), framing);
    if (!encoded) co_return encoded.error();
    auto exchange = co_await begin_fresh(std::move(*encoded), detail::moment_after(timeout));
    if (!exchange) co_return exchange.error();
    const auto status = (*exchange)->status();
    if (status == 101) {
        (*exchange)->deadline().clear();
        co_return (*exchange)->take_stream();
    }
    auto body = co_await whole_body(**exchange);
    if (!body) co_return body.error();
    if (body->empty())
        *body = fmt::format("the server answered {} instead of switching protocols", status);
    co_return Error{reason_for_http_status(status), std::move(*body)};
}

const std::string& Client::Impl::pinned_certificate_pem() const {
    static const std::string none;
    return trust_ ? trust_->pinned_certificate_pem() : none;
}

Client::Client(boost::asio::any_io_executor executor, ClientOptions options)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options))) {}

Client::~Client() = default;

Awaitable<Result<ClientResponse>> Client::send(Request request, std::chrono::milliseconds timeout) {
    return impl_->send(std::move(request), timeout);
}

Awaitable<Result<std::unique_ptr<StreamingResponse>>> Client::open(
    Request request, std::chrono::milliseconds timeout) {
    return impl_->open(std::move(request), timeout);
}

Awaitable<Result<std::unique_ptr<ByteStream>>> Client::upgrade(
    Request request, std::string protocol, std::chrono::milliseconds timeout) {
    return impl_->upgrade(std::move(request), std::move(protocol), timeout);
}

const std::string& Client::pinned_certificate_pem() const {
    return impl_->pinned_certificate_pem();
}

const Endpoint& Client::endpoint() const {
    return impl_->endpoint();
}

}  // namespace picket::http
