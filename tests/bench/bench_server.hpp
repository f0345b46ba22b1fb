#pragma once
#include "common/async/awaitable.hpp"
#include "common/client/api_client.hpp"
#include "tests/bench/benches.hpp"
#include "tests/support/child_process.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace picket::bench {

/// `picket server` as a process of its own, and clients that speak to it as its administrator.
class BenchServer {
public:
    BenchServer(
        const Settings& settings, const std::string& name, std::vector<std::string> options = {});

    /// Returns when it answers; how long that took from its start, in milliseconds.
    double wait_until_ready();
    [[nodiscard]] std::unique_ptr<client::ApiClient> make_client();
    /// Runs the loop until `body` has ended.
    void run(Awaitable<> body);

    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::string file(const std::string& name) const { return data_dir_ + "/" + name; }
    [[nodiscard]] const testing::ChildProcess& process() const { return process_; }
    [[nodiscard]] boost::asio::io_context& loop() { return loop_; }

private:
    Awaitable<> poll_until_ready();

    std::string data_dir_;
    testing::ChildProcess process_;
    boost::asio::io_context loop_{1};
};

/// Sends what is already text and looks at the status alone, as etcd's client does: on two cores
/// the work of the clients is taken from the server.
Awaitable<> send_text(
    client::ApiClient& client,
    http::Method method,
    std::string target,
    std::string content_type,
    std::string body);

[[nodiscard]] double pss_mib(const testing::ChildProcess& process);

}  // namespace picket::bench
