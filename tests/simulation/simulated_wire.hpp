#pragma once
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <list>
#include <memory>
#include <string>

namespace picket::simulation {

/// One party's way to the server: a socket that leads to the server's. What breaks in a network
/// breaks here, and only for this party.
class SimulatedWire {
public:
    SimulatedWire(boost::asio::any_io_executor executor, std::string path, std::string server);
    ~SimulatedWire();
    SimulatedWire(const SimulatedWire&) = delete;
    SimulatedWire& operator=(const SimulatedWire&) = delete;

    [[nodiscard]] std::string url() const { return "unix://" + path_; }
    /// What is sent that way does not arrive, and nobody is told.
    void hang(bool to_server, bool from_server);
    /// New connections end at once, as do those that are open.
    void refuse();
    /// Open connections are reset.
    void cut();
    /// What hangs arrives now; what was refused may try again.
    void mend();
    Awaitable<> stop();

private:
    using Protocol = boost::asio::local::stream_protocol;
    struct Connection;

    Awaitable<> accept();
    Awaitable<> serve(std::shared_ptr<Connection> connection);
    Awaitable<> carry(std::shared_ptr<Connection> connection, bool to_server);

    boost::asio::any_io_executor executor_;
    std::string path_;
    std::string server_;
    Protocol::acceptor acceptor_;
    bool hangs_[2] = {false, false};  // from the server, to the server
    bool refuses_ = false;
    Notification changed_;
    std::list<std::weak_ptr<Connection>> connections_;
    TaskGroup tasks_;
};

}  // namespace picket::simulation
