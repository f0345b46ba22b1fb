#include "nodeagent/node/host_address.hpp"

#include "common/base/private_file.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace picket::nodeagent {
namespace {

using picket::testing::TemporaryDirectory;

/// A host with one interface, and what lies behind it.
struct Network {
    TemporaryDirectory data;
    std::string own;                            ///< empty: no network
    std::map<std::string, std::string> routes;  ///< to a peer by another interface
    std::vector<std::string> asked;

    HostAddress boot(const std::string& server, const std::string& given = {}) {
        return HostAddress(
            {given, server, data.path() / "node-ip"},
            {[this](const std::string& peer) {
                 asked.push_back(peer);
                 const auto route = routes.find(peer);
                 return own.empty() || route == routes.end() ? own : route->second;
             },
             [this](const std::string& address) {
                 return !own.empty() && (address == own || is_route(address));
             }});
    }
    [[nodiscard]] bool is_route(const std::string& address) const {
        return std::any_of(routes.begin(), routes.end(), [&](const auto& route) {
            return route.second == address;
        });
    }
};

TEST_CASE("Host address: the one on the way to the server", "[nodeagent]") {
    Network network;
    network.own = "10.0.0.1";
    network.routes["server.example.com"] = "10.1.0.1";
    CHECK(network.boot("server.example.com").look() == "10.1.0.1");
    CHECK(network.boot("", "10.9.9.9").look() == "10.9.9.9");
}

TEST_CASE("Host address: for a server on this host, the main one", "[nodeagent]") {
    Network network;
    network.own = "10.0.0.1";
    network.routes["127.0.0.1"] = "127.0.0.1";
    CHECK(network.boot("127.0.0.1").look() == "10.0.0.1");
    CHECK(network.boot("").look() == "10.0.0.1");
}

TEST_CASE(
    "Host address: before the network is there, the last one; then what comes", "[nodeagent]") {
    Network network;
    auto first = network.boot("10.5.0.1");
    CHECK(first.look() == "127.0.0.1");
    network.own = "10.0.0.1";
    CHECK(first.look() == "10.0.0.1");

    network.own = "";
    auto second = network.boot("10.5.0.1");
    CHECK(second.look() == "10.0.0.1");
    network.own = "10.0.0.7";
    CHECK(second.look() == "10.0.0.7");
    CHECK(network.boot("10.5.0.1").look() == "10.0.0.7");
}

TEST_CASE("Host address: it stays as long as the host has it, whatever the way", "[nodeagent]") {
    Network network;
    network.own = "10.0.0.1";
    network.routes["10.5.0.1"] = "10.5.0.9";
    auto address = network.boot("10.5.0.1");
    CHECK(address.look() == "10.5.0.9");
    network.routes["10.5.0.1"] = "10.0.0.1";
    network.routes["other"] = "10.5.0.9";
    CHECK(address.look() == "10.5.0.9");
}

TEST_CASE("Host address: a known host asks nobody for the server's name", "[nodeagent]") {
    Network network;
    network.own = "10.0.0.1";
    CHECK(network.boot("server.example.com").look() == "10.0.0.1");
    network.own = "";
    network.asked.clear();
    CHECK(network.boot("server.example.com").look() == "10.0.0.1");
    CHECK(network.asked == std::vector<std::string>{"192.0.2.1"});
}

TEST_CASE("Host address: a damaged memory is none", "[nodeagent]") {
    Network network;
    REQUIRE(write_private_file(network.data.path() / "node-ip", "10.0."));
    CHECK(network.boot("").look() == "127.0.0.1");
}

}  // namespace
}  // namespace picket::nodeagent
