#pragma once
#include "apiserver/routes/tunnel_hub.hpp"
#include "common/async/byte_queue.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace picket::apiserver {

/// How a pod is asked for a connection to one of its ports.
struct PortOpener {
    TunnelHub& hub;
    std::string node;
    StreamRequest request;  ///< without the port

    [[nodiscard]] Awaitable<Result<TunnelStream>> open(std::string port) const;
};

/// One connection to a port of a pod, among the several that share a client's connection. What the
/// client has sent waits in `from_client`, which is bounded: a target that reads slowly holds the
/// client up, and with it its other connections.
struct ForwardedConnection {
    explicit ForwardedConnection(boost::asio::any_io_executor executor)
        : from_client(std::move(executor)) {}

    ByteQueue from_client;
    std::function<Awaitable<Result<void>>(std::string)> send_data;
    /// Once: empty when the target has closed, otherwise why there is no connection.
    std::function<Awaitable<Result<void>>(std::string failure)> send_end;
};

/// For the log: what no end of a connection should bring about.
void tell_broken_connection(const std::string& connection, std::exception_ptr failure);

/// Until the target closes or either side breaks.
[[nodiscard]] Awaitable<> run_forwarded_connection(
    PortOpener opener, std::string port, std::shared_ptr<ForwardedConnection> connection);

}  // namespace picket::apiserver
