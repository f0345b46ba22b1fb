#include "apiserver/routes/port_forward_sessions.hpp"
#include "common/async/task_group.hpp"
#include "common/http/spdy_session.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace picket::apiserver {
namespace {

using http::SpdyFrame;

std::string header_of(const SpdyFrame& frame, std::string_view name) {
    const auto found =
        std::ranges::find(frame.headers, name, &std::pair<std::string, std::string>::first);
    return found == frame.headers.end() ? std::string() : found->second;
}

/// The client opens two streams for a connection, with the same `requestid`: one for errors, one
/// for data.
class SpdyPortForward {
public:
    SpdyPortForward(
        PortOpener opener,
        boost::asio::any_io_executor executor,
        std::unique_ptr<http::ByteStream> bytes)
        : opener_(std::move(opener)),
          executor_(executor),
          session_(executor, std::move(bytes)),
          tasks_(executor, tell_broken_connection) {}

    Awaitable<> run() {
        while (true) {
            auto received = co_await session_.receive();
            if (!received) break;
            std::optional<SpdyFrame> frame = std::move(*received);
            if (!frame) break;
            const auto taken = co_await take(std::move(*frame));
            if (!taken) break;
        }
        session_.close();
    }
    Awaitable<> stop() { co_await tasks_.stop(); }

private:
    using Connection = std::shared_ptr<ForwardedConnection>;

    Awaitable<Result<void>> take(SpdyFrame frame) {
        if (frame.type == SpdyFrame::Type::SynStream) co_return co_await open(std::move(frame));
        const auto found = connections_.find(frame.id);
        if (found == connections_.end()) co_return Ok();
        const Connection connection = found->second;
        if (frame.type == SpdyFrame::Type::Reset) {
            connection->from_client.end();
            co_return Ok();
        }
        if (!frame.bytes.empty()) co_await connection->from_client.push(std::move(frame.bytes));
        if (frame.last) connection->from_client.end();
        co_return Ok();
    }

    Awaitable<Result<void>> open(SpdyFrame frame) {
        const auto request = header_of(frame, "requestid");
        const auto type = header_of(frame, "streamtype");
        const bool full = errors_.size() + connections_.size() >= 2 * kMaxForwardedConnections;
        if (full || (type != "error" && type != "data"))
            co_return co_await session_.reset(frame.id);
        if (type == "error") {
            errors_[request] = frame.id;
            co_return co_await session_.reply(frame.id);
        }
        const auto errors = errors_.extract(request);
        if (errors.empty()) co_return co_await session_.reset(frame.id);
        auto replied = co_await session_.reply(frame.id);
        if (!replied) co_return replied;
        begin(frame.id, errors.mapped(), header_of(frame, "port"));
        co_return Ok();
    }

    void begin(std::uint32_t data, std::uint32_t errors, std::string port) {
        auto connection = std::make_shared<ForwardedConnection>(executor_);
        connection->send_data = [this, data](std::string bytes) {
            return session_.send(data, std::move(bytes), false);
        };
        connection->send_end = [this, data, errors](std::string failure) {
            return end(data, errors, std::move(failure));
        };
        connections_[data] = connection;
        tasks_.spawn("port " + port, run_forwarded_connection(opener_, port, connection));
    }

    Awaitable<Result<void>> end(std::uint32_t data, std::uint32_t errors, std::string failure) {
        connections_.erase(data);
        auto ended = co_await session_.send(errors, std::move(failure), true);
        if (!ended) co_return ended;
        co_return co_await session_.send(data, {}, true);
    }

    PortOpener opener_;
    boost::asio::any_io_executor executor_;
    http::SpdySession session_;
    std::map<std::string, std::uint32_t> errors_;      // by request, until their data comes
    std::map<std::uint32_t, Connection> connections_;  // by their stream of data
    TaskGroup tasks_;
};

}  // namespace

Awaitable<> run_spdy_port_forward(
    PortOpener opener,
    boost::asio::any_io_executor executor,
    std::unique_ptr<http::ByteStream> bytes) {
    return run_to_its_end(
        std::make_unique<SpdyPortForward>(std::move(opener), executor, std::move(bytes)));
}

}  // namespace picket::apiserver
