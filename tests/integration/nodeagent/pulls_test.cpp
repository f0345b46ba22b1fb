/// How many images a host pulls at once, and when the hosts of a fleet do.
#include "tests/integration/nodeagent/docker_image.hpp"
#include "tests/integration/nodeagent/fleet_in_moved_time.hpp"
#include "tests/support/fake_runtime.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
using picket::testing::FakeRuntime;
using picket::testing::FleetInMovedTime;
using picket::testing::kTestImage;

/// What the registry sees of one host.
struct Pulls {
    explicit Pulls(boost::asio::any_io_executor executor) : released(std::move(executor)) {}
    std::set<std::string> running;
    std::size_t most = 0;
    std::vector<LoopClock::time_point> begun;
    bool held = false;
    Notification released;
};

/// An engine whose pulls last until the test lets them end.
class PullingEngine final : public FakeRuntime {
public:
    PullingEngine(boost::asio::any_io_executor executor, const Clock& clock, Pulls& pulls)
        : FakeRuntime(executor, clock), pulls_(pulls) {
        add_image(kTestImage);
    }
    Awaitable<Result<void>> pull(
        std::string image,
        RegistryCredential credential,
        std::function<void(std::string)> progress) override {
        pulls_.begun.push_back(LoopClock::now());
        pulls_.running.insert(image);
        pulls_.most = std::max(pulls_.most, pulls_.running.size());
        if (progress) progress("1.0 MB of 9.0 MB");
        while (pulls_.held) co_await pulls_.released.wait();
        pulls_.running.erase(image);
        co_return co_await FakeRuntime::pull(std::move(image), std::move(credential), {});
    }

private:
    Pulls& pulls_;
};

Json pod_with_image(const std::string& image) {
    return {
        {"automountServiceAccountToken", false},
        {"containers",
         {{{"name", "main"}, {"image", image}, {"imagePullPolicy", "IfNotPresent"}}}}};
}

std::string waiting_message(const Json& pod) {
    const auto statuses = pod["status"].value("containerStatuses", Json::array());
    return statuses.empty()
               ? std::string()
               : statuses[0]["state"].value("waiting", Json::object()).value("message", "");
}

TEST_CASE("Agent: so many images are pulled at once, and who waits says so", "[agent]") {
    FleetInMovedTime fleet;
    Pulls pulls(fleet.runner().executor());
    pulls.held = true;
    NodeAgentOptions options;
    options.pulls.parallel = 3;
    fleet.add_host("n1", fleet.engine<PullingEngine>(pulls), options);
    const std::vector<std::string> names{"a", "b", "c", "d", "e"};
    for (const auto& name : names)
        fleet.create_pod(name, "n1", pod_with_image("registry/" + name + ":1"));

    const auto tell = [&](const std::string& what) {
        return std::ranges::count_if(names, [&](const std::string& name) {
            return waiting_message(fleet.pod(name)).find(what) != std::string::npos;
        });
    };
    fleet.until([&] {
        return tell("1.0 MB of 9.0 MB") == 3 && tell("waiting for other pulls of this host") == 2;
    });
    CHECK(pulls.running.size() == 3);

    pulls.held = false;
    fleet.until([&] {
        pulls.released.notify();
        return std::ranges::all_of(names, [&](const std::string& name) {
            return fleet.pod(name)["status"].value("phase", "") == "Running";
        });
    });
    CHECK(pulls.most == 3);
}

TEST_CASE("Agent: hosts that are asked at once for an update pull one after another", "[agent]") {
    constexpr auto kSpread = 60s;
    FleetInMovedTime fleet;
    std::vector<std::unique_ptr<Pulls>> pulls;
    for (std::uint64_t i = 1; i <= 6; ++i) {
        NodeAgentOptions options;
        options.pulls.spread = kSpread;
        options.seed = i;
        pulls.push_back(std::make_unique<Pulls>(fleet.runner().executor()));
        const auto node = "n" + std::to_string(i);
        fleet.add_host(node, fleet.engine<PullingEngine>(*pulls.back()), options);
        fleet.create_pod("web-" + node, node, pod_with_image(kTestImage));
    }
    const auto all_say = [&](const std::string& what) {
        for (std::size_t i = 1; i <= pulls.size(); ++i) {
            const auto status = fleet.pod("web-n" + std::to_string(i))["status"].dump();
            if (status.find(what) == std::string::npos) return false;
        }
        return true;
    };
    fleet.until([&] { return all_say(R"("phase":"Running")"); });
    const auto asked = fleet.now();
    for (std::size_t i = 1; i <= pulls.size(); ++i) {
        fleet.server().ok(fleet.admin().patch(
            {"v1", "pods", "default", "web-n" + std::to_string(i)},
            testing::PatchType::Merge,
            {{"metadata",
              {{"annotations",
                {{"picket.dev/prefetch",
                  R"({"revision":"r2","images":[{"image":"registry/web:2"}]})"}}}}}}));
    }
    fleet.until([&] { return all_say("prefetched.picket.dev/r2"); });
    fleet.pass(kSpread + 10s);
    std::vector<std::chrono::seconds> delays;
    for (const auto& host : pulls) {
        REQUIRE(host->begun.size() == 1);
        delays.push_back(
            std::chrono::duration_cast<std::chrono::seconds>(host->begun.front() - asked));
    }
    std::ranges::sort(delays);
    CHECK(delays.front() < kSpread / 2);
    CHECK(delays.back() - delays.front() > kSpread / 3);

    // Somebody waits for a container that does not run yet.
    fleet.create_pod("now", "n1", pod_with_image("registry/now:1"));
    const auto created = fleet.now();
    fleet.until([&] { return pulls.front()->begun.size() == 2; });
    CHECK(fleet.now() - created < kSpread / 2);
}

}  // namespace
}  // namespace picket::nodeagent
