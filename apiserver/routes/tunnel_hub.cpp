#include "apiserver/routes/tunnel_hub.hpp"

#include "common/async/loop_clock.hpp"
#include "common/base/random.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/scope_exit.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace picket::apiserver {
namespace {

// The reply is one short line; more than this is no reply.
constexpr std::size_t kMaxReply = 64U << 10U;

Error no_answer(const std::string& node) {
    return {Reason::Timeout, fmt::format("the agent of node {} did not answer in time", node)};
}

Error broken(const std::string& node) {
    return {
        Reason::ServiceUnavailable,
        fmt::format("the agent of node {} closed the stream before it answered", node)};
}

/// Reads up to the first newline; what follows it stays in `text` behind the newline.
Awaitable<Result<std::string>> read_reply(http::ByteStream* stream) {
    std::string text;
    std::array<char, 4096> buffer{};
    while (text.find('\n') == std::string::npos) {
        if (text.size() > kMaxReply) co_return Error{Reason::BadRequest, "the reply is too long"};
        const auto size = co_await stream->read_some(buffer);
        if (!size) co_return size.error();
        if (*size == 0) co_return Error{Reason::ServiceUnavailable, "end of stream"};
        text.append(buffer.data(), *size);
    }
    co_return text;
}

Result<TunnelStream> open_reply(const std::string& text, std::shared_ptr<http::ByteStream> stream) {
    const auto newline = text.find('\n');
    const auto document = Json::parse(text.substr(0, newline), nullptr, false);
    auto reply = parse_stream_reply(document);
    if (!reply) return reply.error();
    return TunnelStream{std::move(*reply), text.substr(newline + 1), std::move(stream)};
}

/// Closes the stream at the deadline, which ends whoever reads from it.
void close_at(Timer& timer, std::weak_ptr<http::ByteStream> stream) {
    timer.expires_after(kTunnelPickUp);
    timer.async_wait([stream = std::move(stream)](boost::system::error_code cancelled) {
        const auto alive = stream.lock();
        if (!cancelled && alive) alive->close();
    });
}

Awaitable<Result<TunnelStream>> await_reply(
    std::string node, std::shared_ptr<http::ByteStream> stream) {
    Timer deadline(co_await boost::asio::this_coro::executor);
    close_at(deadline, stream);
    const auto text = co_await read_reply(stream.get());
    const bool too_late = deadline.cancel() == 0;
    if (text) co_return open_reply(*text, std::move(stream));
    co_return too_late ? no_answer(node) : broken(node);
}

}  // namespace

Error no_agent_error(const std::string& node) {
    return {
        Reason::ServiceUnavailable,
        fmt::format("the agent of node {} is not connected to the server", node)};
}

/// The entry of a stream that is waited for, gone when the wait ends in whatever way.
class TunnelHub::Waiting {
public:
    Waiting(TunnelHub& hub, const std::string& node, std::string id)
        : hub_(hub), id_(std::move(id)), pending_(std::make_shared<Pending>(hub.executor_, node)) {
        hub_.pending_.emplace(id_, pending_);
    }
    ~Waiting() { hub_.pending_.erase(id_); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    [[nodiscard]] Pending& pending() { return *pending_; }

private:
    TunnelHub& hub_;
    std::string id_;
    std::shared_ptr<Pending> pending_;
};

Awaitable<Result<TunnelStream>> TunnelHub::open(std::string node, StreamRequest request) {
    const auto found = controls_.find(node);
    if (found == controls_.end()) co_return no_agent_error(node);
    if (pending_.size() >= kMaxWaiting) {
        co_return Error{
            Reason::TooManyRequests, "too many streams wait for the agents of their nodes"};
    }
    request.id = random_secret(16);
    Waiting waiting(*this, node, request.id);
    found->second->send(request);
    const bool arrived = co_await waiting.pending().arrived.wait_for(kTunnelPickUp);
    if (!arrived) co_return no_answer(node);
    co_return co_await await_reply(node, std::move(waiting.pending().stream));
}

Awaitable<void> TunnelHub::serve_control(std::string node, http::BodyWriter* writer) {
    const auto control = connect(node);
    // The client goes away by cancellation as often as by an error.
    BOOST_SCOPE_EXIT_ALL(&) {
        disconnect(node, control);
    };
    co_await control->run(writer);
}

bool TunnelHub::waits_for(const std::string& node, const std::string& id) const {
    const auto found = pending_.find(id);
    return found != pending_.end() && found->second->node == node && !found->second->stream;
}

void TunnelHub::deliver(const std::string& id, std::unique_ptr<http::ByteStream> stream) {
    const auto found = pending_.find(id);
    if (found == pending_.end() || found->second->stream) return;
    found->second->stream = std::move(stream);
    found->second->arrived.notify();
}

std::shared_ptr<ControlStream> TunnelHub::connect(const std::string& node) {
    auto& control = controls_[node];
    if (control) control->close();
    control = std::make_shared<ControlStream>(executor_);
    return control;
}

void TunnelHub::disconnect(const std::string& node, const std::shared_ptr<ControlStream>& control) {
    control->close();
    endings_.spawn("end of a control stream", end(control));
    const auto found = controls_.find(node);
    if (found != controls_.end() && found->second == control) controls_.erase(found);
}

ControlStream* TunnelHub::find_control(const std::string& node, const std::string& session) const {
    const auto found = controls_.find(node);
    if (found == controls_.end() || found->second->session() != session) return nullptr;
    return found->second.get();
}

Awaitable<> TunnelHub::end(std::shared_ptr<ControlStream> control) {
    co_await control->stop();
}

Awaitable<> TunnelHub::stop() {
    co_await endings_.stop();
}

}  // namespace picket::apiserver
