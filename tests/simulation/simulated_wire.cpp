#include "tests/simulation/simulated_wire.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace picket::simulation {

struct SimulatedWire::Connection {
    Connection(Protocol::socket accepted, const boost::asio::any_io_executor& executor)
        : client(std::move(accepted)), server(executor) {}
    void reset() {
        broken = true;
        boost::system::error_code ignored;  // it may be closed already
        client.close(ignored);
        server.close(ignored);
    }
    Protocol::socket client;
    Protocol::socket server;
    bool broken = false;
};

SimulatedWire::SimulatedWire(
    boost::asio::any_io_executor executor, std::string path, std::string server)
    : executor_(executor),
      path_(std::move(path)),
      server_(std::move(server)),
      acceptor_(executor, Protocol::endpoint(path_)),
      changed_(executor),
      tasks_(executor) {
    tasks_.spawn("wire", accept());
}

SimulatedWire::~SimulatedWire() = default;

Awaitable<> SimulatedWire::stop() {
    co_await tasks_.stop();
}

void SimulatedWire::hang(bool to_server, bool from_server) {
    hangs_[0] = from_server;
    hangs_[1] = to_server;
}

void SimulatedWire::refuse() {
    refuses_ = true;
    cut();
}

void SimulatedWire::cut() {
    for (const auto& weak : std::exchange(connections_, {})) {
        if (const auto connection = weak.lock()) connection->reset();
    }
    changed_.notify();
}

void SimulatedWire::mend() {
    hangs_[0] = hangs_[1] = refuses_ = false;
    changed_.notify();
}

Awaitable<> SimulatedWire::accept() {
    for (;;) {
        auto [error, socket] = co_await acceptor_.async_accept(as_result);
        if (error == boost::asio::error::operation_aborted) co_return;
        if (error || refuses_) continue;
        connections_.remove_if([](const auto& weak) { return weak.expired(); });
        auto connection = std::make_shared<Connection>(std::move(socket), executor_);
        connections_.push_back(connection);
        tasks_.spawn("connection", serve(std::move(connection)));
    }
}

Awaitable<> SimulatedWire::serve(std::shared_ptr<Connection> connection) {
    const auto [error] =
        co_await connection->server.async_connect(Protocol::endpoint(server_), as_result);
    if (error) co_return;
    tasks_.spawn("from the server", carry(connection, false));
    co_await carry(connection, true);
}

Awaitable<> SimulatedWire::carry(std::shared_ptr<Connection> connection, bool to_server) {
    auto& from = to_server ? connection->client : connection->server;
    auto& to = to_server ? connection->server : connection->client;
    std::array<char, 16'384> buffer{};
    for (;;) {
        const auto [error, size] =
            co_await from.async_read_some(boost::asio::buffer(buffer), as_result);
        while (hangs_[to_server ? 1 : 0] && !connection->broken) co_await changed_.wait();
        if (connection->broken) co_return;
        if (error) {
            boost::system::error_code ignored;  // the other side may be gone, too
            to.shutdown(Protocol::socket::shutdown_send, ignored);
            co_return;
        }
        const auto [failed, written] =
            co_await boost::asio::async_write(to, boost::asio::buffer(buffer, size), as_result);
        if (failed) {
            connection->reset();
            co_return;
        }
    }
}

}  // namespace picket::simulation
