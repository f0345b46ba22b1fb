#pragma once
#include "common/base/random.hpp"
#include "tests/support/fake_runtime.hpp"
#include "tests/support/forwarding_runtime.hpp"

#include <chrono>

namespace picket::hollow {

/// How simulated containers behave.
struct Behaviour {
    std::chrono::milliseconds pull{0};   ///< how long an image takes to come
    std::chrono::milliseconds start{0};  ///< … a container to start
    std::chrono::milliseconds stop{0};   ///< … a container to stop
    double failing_starts = 0;           ///< this share of all starts fails
    double failing_pulls = 0;
    std::string log = {};  ///< what every container has written
};

/// An engine in memory whose calls take as long, and fail as often, as one likes.
class HollowRuntime final : public testing::ForwardingRuntime {
public:
    HollowRuntime(
        boost::asio::any_io_executor executor,
        const Clock& clock,
        const Behaviour& behaviour,
        std::uint64_t seed);

    Awaitable<Result<std::string>> create(nodeagent::ContainerSpec spec) override;
    Awaitable<Result<void>> start(std::string id) override;
    Awaitable<Result<void>> stop(std::string id, std::chrono::seconds grace) override;
    Awaitable<Result<void>> pull(
        std::string image,
        nodeagent::RegistryCredential credential,
        std::function<void(std::string)> progress) override;

    [[nodiscard]] testing::FakeRuntime& engine() { return *engine_; }

private:
    HollowRuntime(
        std::unique_ptr<testing::FakeRuntime> engine,
        const Behaviour& behaviour,
        std::uint64_t seed);

    std::unique_ptr<testing::FakeRuntime> engine_;
    const Behaviour& behaviour_;
    Random random_;
};

}  // namespace picket::hollow
