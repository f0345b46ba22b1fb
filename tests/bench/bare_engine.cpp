#include "tests/bench/bare_engine.hpp"

#include "common/async/timing.hpp"
#include "nodeagent/runtime/labels.hpp"
#include "tests/bench/bench_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace picket::bench {
namespace {

constexpr std::chrono::seconds kGrace{5};

nodeagent::ContainerLabels labels_of(const std::string& node) {
    return {{std::string(nodeagent::label::kNode), node}};
}

}  // namespace

std::vector<std::string> daemon_command() {
    return {"/bin/busybox", "sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"};
}

Awaitable<std::string> BareEngine::start(std::string network, std::string image) {
    nodeagent::ContainerSpec spec;
    spec.name = fmt::format("{}-{}", node_, ++made_);
    spec.image = std::move(image);
    if (spec.image == image_) spec.entrypoint = daemon_command();
    spec.labels = labels_of(node_);
    spec.namespaces.network = std::move(network);
    auto id = co_await runtime_.create(std::move(spec));
    expect(id);
    expect(co_await runtime_.start(*id));
    co_return *id;
}

Awaitable<std::string> BareEngine::start_pod(std::size_t containers) {
    if (containers == 1) co_return co_await start_one();
    const auto image = co_await runtime_.ensure_sandbox_image();
    expect(image);
    const auto network = "container:" + co_await start("bridge", *image);
    std::string id;
    for (std::size_t i = 0; i < containers; ++i) id = co_await start(network, image_);
    co_return id;
}

Awaitable<std::vector<std::string>> BareEngine::start_pods(
    std::size_t pods, std::size_t containers) {
    std::vector<std::string> ids;
    Notification ended(executor_);
    for (std::size_t i = 0; i < pods; ++i) {
        boost::asio::co_spawn(
            executor_,
            start_pod(containers),
            [&](const std::exception_ptr& failure, std::string id) {
                if (failure) std::rethrow_exception(failure);
                ids.push_back(std::move(id));
                ended.notify();
            });
    }
    while (ids.size() < pods) co_await ended.wait();
    co_return ids;
}

Awaitable<std::string> BareEngine::start_one() {
    co_return co_await start("host", image_);
}

Awaitable<std::string> BareEngine::replace(std::string id) {
    expect(co_await runtime_.stop(id, kGrace));
    co_return co_await start_one();
}

Awaitable<> BareEngine::remove_all() {
    const auto containers = co_await runtime_.list(labels_of(node_));
    expect(containers);
    for (const auto& container : *containers) expect(co_await runtime_.remove(container.id));
}

}  // namespace picket::bench
