#pragma once
#include "common/async/mutex.hpp"
#include "common/async/task_group.hpp"
#include "common/http/message.hpp"
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace picket::nodeagent {

/// Carries connections from pods of the engine's bridge network to a server that listens on the
/// loopback alone: it listens on the bridge's own address, passes bytes on as they are (TLS goes
/// from end to end), and takes connections from that network only. Opened when the first pod needs
/// it; the port is kept, since containers know it for life. Loop thread only.
class ApiRelay {
public:
    struct Options {
        std::string server_host;
        std::uint16_t server_port = 0;
        std::filesystem::path port_file;
    };
    /// `context` learns where it listens.
    ApiRelay(
        boost::asio::any_io_executor executor,
        Runtime& runtime,
        Options options,
        NodeContext& context);

    /// Success when it listens, also when it did before.
    Awaitable<Result<void>> open();
    /// Containers of an earlier life of the agent may need it: opens until it succeeds. Spawn it in
    /// the owner's TaskGroup.
    Awaitable<> reopen();
    Awaitable<> stop();

private:
    Awaitable<Result<void>> open_on_bridge();
    Result<void> listen_on(const std::string& address, std::uint16_t port);
    void announce(const std::string& address, std::uint16_t port);
    [[nodiscard]] std::uint16_t remembered_port() const;
    Awaitable<> accept();
    [[nodiscard]] bool takes(const boost::asio::ip::address& peer) const;
    Awaitable<> carry(boost::asio::ip::tcp::socket socket);
    Awaitable<Result<std::unique_ptr<http::ByteStream>>> dial();

    boost::asio::any_io_executor executor_;
    Runtime& runtime_;
    Options options_;
    NodeContext& context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::ip::network_v4 subnet_;
    Mutex opening_;
    TaskGroup tasks_;
};

}  // namespace picket::nodeagent
