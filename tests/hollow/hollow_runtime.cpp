#include "tests/hollow/hollow_runtime.hpp"

#include "common/async/timing.hpp"

namespace picket::hollow {
namespace {

Awaitable<> take(std::chrono::milliseconds time) {
    if (time.count() > 0) co_await sleep_for(time);
}

}  // namespace

HollowRuntime::HollowRuntime(
    boost::asio::any_io_executor executor,
    const Clock& clock,
    const Behaviour& behaviour,
    std::uint64_t seed)
    : HollowRuntime(
          std::make_unique<testing::FakeRuntime>(std::move(executor), clock), behaviour, seed) {}

HollowRuntime::HollowRuntime(
    std::unique_ptr<testing::FakeRuntime> engine, const Behaviour& behaviour, std::uint64_t seed)
    : ForwardingRuntime(*engine), engine_(std::move(engine)), behaviour_(behaviour), random_(seed) {
    engine_->forget_past();
}

Awaitable<Result<std::string>> HollowRuntime::create(nodeagent::ContainerSpec spec) {
    auto id = co_await engine_->create(std::move(spec));
    if (id && !behaviour_.log.empty()) engine_->set_log(*id, behaviour_.log);
    co_return id;
}

Awaitable<Result<void>> HollowRuntime::start(std::string id) {
    co_await take(behaviour_.start);
    if (random_.fraction() < behaviour_.failing_starts) {
        engine_->fail_next(
            "start",
            Error{.reason = Reason::BadRequest, .message = "simulated: the command was not found"});
    }
    co_return co_await engine_->start(std::move(id));
}

Awaitable<Result<void>> HollowRuntime::stop(std::string id, std::chrono::seconds grace) {
    co_await take(behaviour_.stop);
    co_return co_await engine_->stop(std::move(id), grace);
}

Awaitable<Result<void>> HollowRuntime::pull(
    std::string image,
    nodeagent::RegistryCredential credential,
    std::function<void(std::string)> progress) {
    co_await take(behaviour_.pull);
    if (random_.fraction() < behaviour_.failing_pulls) {
        co_return Error{
            .reason = Reason::NotFound,
            .message = "simulated: manifest for " + image + " not found"};
    }
    co_return co_await engine_->pull(std::move(image), std::move(credential), std::move(progress));
}

}  // namespace picket::hollow
