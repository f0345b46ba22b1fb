#pragma once
/// The peer of the engine rows: the same containers by the shortest sequence of engine calls.
#include "nodeagent/runtime/runtime.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <string>
#include <vector>

namespace picket::bench {

/// What the daemon of these rows runs: it ends at once at SIGTERM.
[[nodiscard]] std::vector<std::string> daemon_command();

class BareEngine {
public:
    BareEngine(
        boost::asio::any_io_executor executor,
        nodeagent::Runtime& runtime,
        std::string node,
        std::string image)
        : executor_(executor),
          runtime_(runtime),
          node_(std::move(node)),
          image_(std::move(image)) {}

    /// Creates and starts as many pods at once. One of several containers has a sandbox whose
    /// network they share; one alone is in the host's. The ids of the pods' last containers.
    Awaitable<std::vector<std::string>> start_pods(std::size_t pods, std::size_t containers);
    /// Creates and starts one in the host's network.
    Awaitable<std::string> start_one();
    /// Stops one, then creates and starts its successor, whose id this is.
    Awaitable<std::string> replace(std::string id);
    Awaitable<> remove_all();

private:
    Awaitable<std::string> start(std::string network, std::string image);
    Awaitable<std::string> start_pod(std::size_t containers);

    boost::asio::any_io_executor executor_;
    nodeagent::Runtime& runtime_;
    std::string node_;
    std::string image_;
    int made_ = 0;
};

}  // namespace picket::bench
