#include "apiserver/routes/forwarded_connection.hpp"

#include "apiserver/routes/pod_stream.hpp"
#include "common/async/exception.hpp"
#include "common/base/log.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <spdlog/spdlog.h>

namespace picket::apiserver {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using Connection = std::shared_ptr<ForwardedConnection>;

Awaitable<> copy_to_client(std::shared_ptr<TunnelStream> stream, Connection connection) {
    auto piece = std::move(stream->head);
    while (true) {
        if (!piece.empty()) {
            const auto sent = co_await connection->send_data(std::move(piece));
            if (!sent) co_return;
        }
        piece = std::string(32U << 10U, '\0');
        const auto size = co_await stream->bytes->read_some(piece);
        if (!size || *size == 0) co_return;
        piece.resize(*size);
    }
}

/// Never returns by itself: what the target still has to say comes by the other direction.
Awaitable<> copy_to_target(std::shared_ptr<TunnelStream> stream, Connection connection) {
    while (true) {
        auto bytes = co_await connection->from_client.pop();
        if (bytes.empty()) break;
        const auto written = co_await stream->bytes->write(std::move(bytes));
        if (!written) break;
    }
    co_await stream->bytes->close_write();
    Notification never(co_await boost::asio::this_coro::executor);
    co_await never.wait();
}

}  // namespace

void tell_broken_connection(const std::string& connection, std::exception_ptr failure) {
    logger("portforward")
        ->error("connection failed connection={} why={}", connection, describe(failure));
}

Awaitable<Result<TunnelStream>> PortOpener::open(std::string port) const {
    auto wanted = request;
    wanted.parameters = {{"port", std::move(port)}};
    return open_pod_stream(hub, node, std::move(wanted));
}

Awaitable<> run_forwarded_connection(PortOpener opener, std::string port, Connection connection) {
    auto opened = co_await opener.open(std::move(port));
    if (!opened) {
        connection->from_client.end();
        (void)co_await connection->send_end(opened.error().message);
        co_return;
    }
    const auto stream = std::make_shared<TunnelStream>(std::move(*opened));
    co_await (copy_to_client(stream, connection) || copy_to_target(stream, connection));
    stream->bytes->close();
    connection->from_client.end();
    // A client that has gone needs no end.
    (void)co_await connection->send_end({});
}

}  // namespace picket::apiserver
