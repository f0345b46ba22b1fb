#pragma once
/// What the engine did, and when this program heard of it: one observer for picket and for its
/// peer.
#include "common/async/timing.hpp"
#include "nodeagent/runtime/runtime.hpp"
#include "tests/bench/load.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace picket::bench {

class EngineWatch {
public:
    EngineWatch(boost::asio::any_io_executor executor, nodeagent::Runtime& runtime)
        : executor_(executor), runtime_(runtime), changed_(executor) {}

    /// Follows the containers with the node label `node` from now on.
    Awaitable<> follow(std::string node);
    /// Forgets what came so far.
    void restart() { seen_.clear(); }
    /// The time of the `count`-th `action` since restart(); throws when it does not come in time.
    Awaitable<Clock::time_point> wait_for(std::string action, std::size_t count);
    /// The container of the last `action`.
    [[nodiscard]] std::string last(const std::string& action) const;

private:
    struct Seen {
        std::string action;
        std::string container;
        Clock::time_point time;
    };
    Awaitable<> read(std::unique_ptr<nodeagent::RuntimeEvents> events);

    boost::asio::any_io_executor executor_;
    nodeagent::Runtime& runtime_;
    std::vector<Seen> seen_;
    Notification changed_;
};

}  // namespace picket::bench
