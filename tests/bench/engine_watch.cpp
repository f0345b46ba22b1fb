#include "tests/bench/engine_watch.hpp"

#include "common/async/exception.hpp"
#include "nodeagent/runtime/labels.hpp"
#include "tests/bench/bench_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace picket::bench {
namespace {

constexpr std::chrono::seconds kLongestWait{120};

}  // namespace

Awaitable<> EngineWatch::follow(std::string node) {
    auto events =
        co_await runtime_.events({{std::string(nodeagent::label::kNode), std::move(node)}});
    expect(events);
    boost::asio::co_spawn(executor_, read(std::move(*events)), rethrow);
}

Awaitable<> EngineWatch::read(std::unique_ptr<nodeagent::RuntimeEvents> events) {
    for (;;) {
        auto event = co_await events->next();
        expect(event);
        if (!*event) co_return;
        seen_.push_back({(*event)->action, (*event)->container_id, Clock::now()});
        changed_.notify();
    }
}

Awaitable<Clock::time_point> EngineWatch::wait_for(std::string action, std::size_t count) {
    const auto deadline = Clock::now() + kLongestWait;
    for (;;) {
        std::size_t found = 0;
        for (const auto& seen : seen_) {
            if (seen.action == action && ++found == count) co_return seen.time;
        }
        if (!co_await changed_.wait_for(deadline - Clock::now())) {
            throw std::runtime_error(
                fmt::format("{} of {} containers: no \"{}\" in time", found, count, action));
        }
    }
}

std::string EngineWatch::last(const std::string& action) const {
    const auto found = std::ranges::find(seen_.rbegin(), seen_.rend(), action, &Seen::action);
    if (found == seen_.rend()) throw std::runtime_error("no container has seen " + action);
    return found->container;
}

}  // namespace picket::bench
