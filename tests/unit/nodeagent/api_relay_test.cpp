#include "nodeagent/relay/api_relay.hpp"

#include "common/base/private_file.hpp"
#include "common/http/raw_connection.hpp"
#include "tests/support/fake_runtime.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace picket::nodeagent {
namespace {

using boost::asio::ip::tcp;
using picket::testing::AsyncRunner;
using picket::testing::FakeRuntime;
using picket::testing::TemporaryDirectory;

/// A server on the loopback that gives back what it is told, and an engine whose bridge is the
/// loopback, too: so its port is taken there.
struct RelayedServer {
    AsyncRunner runner;
    SystemClock clock;
    TemporaryDirectory data;
    FakeRuntime engine{runner.executor(), clock};
    tcp::acceptor acceptor{runner.executor(), {boost::asio::ip::address_v4::loopback(), 0}};
    TaskGroup tasks{runner.executor()};

    RelayedServer() { tasks.spawn("server", serve()); }
    ~RelayedServer() { runner.run(tasks.stop()); }

    Awaitable<> serve() {
        while (true) {
            auto [error, socket] = co_await acceptor.async_accept(as_result);
            if (error) co_return;
            tasks.spawn("echo", echo(http::adopt_raw(std::move(socket))));
        }
    }
    static Awaitable<> echo(std::shared_ptr<http::ByteStream> peer) {
        std::array<char, 100> buffer{};
        while (true) {
            const auto size = co_await peer->read_some(buffer);
            if (!size || *size == 0) co_return;
            if (!co_await peer->write(std::string(buffer.data(), *size))) co_return;
        }
    }
    [[nodiscard]] std::uint16_t port() const { return acceptor.local_endpoint().port(); }
    [[nodiscard]] ApiRelay::Options options() const {
        return {"127.0.0.1", port(), data.path() / "relay-port"};
    }
    Awaitable<std::string> say(std::string port, std::string text) {
        const tcp::endpoint endpoint(
            boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(port)));
        auto connected =
            co_await http::connect_raw(runner.executor(), endpoint, std::chrono::seconds{10});
        if (!connected) co_return connected.error().message;
        (void)co_await (*connected)->write(std::move(text));
        std::array<char, 100> buffer{};
        const auto size = co_await (*connected)->read_some(buffer);
        co_return size ? std::string(buffer.data(), *size) : size.error().message;
    }
};

TEST_CASE("API relay: bytes go both ways, on a port that stays the same", "[relay]") {
    RelayedServer host;
    std::string port;
    for (int life = 0; life < 2; ++life) {
        NodeContext context;
        ApiRelay relay(host.runner.executor(), host.engine, host.options(), context);
        REQUIRE(host.runner.run(relay.open()));
        REQUIRE(host.runner.run(relay.open()));
        CHECK(context.relay_address == "127.0.0.1");
        CHECK(context.relay_port != std::to_string(host.port()));
        if (life == 1) CHECK(context.relay_port == port);
        port = context.relay_port;
        CHECK(host.runner.run(host.say(port, "hello")) == "hello");
        host.runner.run(relay.stop());
    }
    CHECK(host.engine.count("bridge") == 2);
}

TEST_CASE(
    "API relay: a port that containers know is not changed for another, and still told",
    "[relay]") {
    RelayedServer host;
    REQUIRE(write_private_file(host.data.path() / "relay-port", std::to_string(host.port())));
    NodeContext context;
    ApiRelay relay(host.runner.executor(), host.engine, host.options(), context);
    const auto opened = host.runner.run(relay.open());
    REQUIRE_FALSE(opened);
    CHECK(opened.error().message.find(std::to_string(host.port())) != std::string::npos);
    CHECK(context.relay_port == std::to_string(host.port()));
    host.runner.run(relay.stop());
}

TEST_CASE("API relay: with the engine away it opens later", "[relay]") {
    RelayedServer host;
    NodeContext context;
    ApiRelay relay(host.runner.executor(), host.engine, host.options(), context);
    host.engine.set_away(true);
    CHECK_FALSE(host.runner.run(relay.open()));
    host.engine.set_away(false);
    CHECK(host.runner.run(relay.open()));
    host.runner.run(relay.stop());
}

}  // namespace
}  // namespace picket::nodeagent
