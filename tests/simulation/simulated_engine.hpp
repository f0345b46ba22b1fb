#pragma once
#include "common/async/timing.hpp"
#include "common/base/random.hpp"
#include "tests/support/forwarding_runtime.hpp"

#include <functional>
#include <string>

namespace picket::simulation {

/// What goes wrong with an engine for a while, and who wants to know what its agent does.
struct EngineWeather {
    std::chrono::milliseconds slowest_pull{5'000};
    bool pulls_fail = false;
    std::function<void(const std::string& id)> before_end = {};  ///< the agent ends a container
};

/// An engine whose calls take their time, each a different one, so that the world may change while
/// they run.
class SlowRuntime final : public testing::ForwardingRuntime {
public:
    SlowRuntime(nodeagent::Runtime& engine, std::uint64_t seed, const EngineWeather& weather)
        : ForwardingRuntime(engine), random_(seed), weather_(weather) {}

    Awaitable<Result<std::string>> create(nodeagent::ContainerSpec spec) override {
        co_await sleep_for(up_to(400));
        co_return co_await ForwardingRuntime::create(std::move(spec));
    }
    Awaitable<Result<void>> start(std::string id) override {
        co_await sleep_for(up_to(600));
        co_return co_await ForwardingRuntime::start(std::move(id));
    }
    Awaitable<Result<void>> stop(std::string id, std::chrono::seconds grace) override {
        weather_.before_end(id);
        co_await sleep_for(up_to(3'000));
        co_return co_await ForwardingRuntime::stop(std::move(id), grace);
    }
    Awaitable<Result<void>> remove(std::string id) override {
        weather_.before_end(id);
        co_await sleep_for(up_to(200));
        co_return co_await ForwardingRuntime::remove(std::move(id));
    }
    Awaitable<Result<std::vector<nodeagent::ContainerState>>> list(
        nodeagent::ContainerLabels labels) override {
        auto found = co_await ForwardingRuntime::list(std::move(labels));
        co_await sleep_for(up_to(50));  // what it tells is a little old
        co_return found;
    }
    Awaitable<Result<void>> pull(
        std::string image,
        nodeagent::RegistryCredential credential,
        std::function<void(std::string)> progress) override {
        co_await sleep_for(up_to(static_cast<int>(weather_.slowest_pull.count())));
        if (weather_.pulls_fail)
            co_return Error{Reason::NotFound, "manifest for " + image + " not found"};
        co_return co_await ForwardingRuntime::pull(
            std::move(image), std::move(credential), std::move(progress));
    }

private:
    std::chrono::milliseconds up_to(int most) {
        return std::chrono::milliseconds(static_cast<int>(random_.fraction() * most));
    }

    Random random_;
    const EngineWeather& weather_;
};

}  // namespace picket::simulation
