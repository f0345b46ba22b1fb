/// The token in a running pod over its whole life, in time that the test moves.
#include "common/base/private_file.hpp"
#include "nodeagent/node_agent.hpp"
#include "tests/integration/apiserver/running_server.hpp"
#include "tests/integration/nodeagent/docker_image.hpp"
#include "tests/support/fake_runtime.hpp"
#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <functional>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
using picket::testing::FakeRuntime;
using picket::testing::kTestImage;
using picket::testing::RunningServer;
using picket::testing::TemporaryDirectory;

/// The time of day of a server or a host, in step with the loop's time.
class TestClock final : public Clock {
public:
    explicit TestClock(const VirtualTime& time, Duration wrong = {})
        : time_(time), begin_(SystemClock().now() + wrong) {}
    [[nodiscard]] TimePoint now() const override {
        return begin_ + std::chrono::duration_cast<Duration>(time_.now() - start_);
    }

private:
    const VirtualTime& time_;
    LoopClock::time_point start_ = time_.now();
    TimePoint begin_;
};

struct HostWithToken {
    VirtualTime time;
    TestClock server_clock{time};
    TestClock host_clock;
    RunningServer server{server_clock};
    TemporaryDirectory data;
    std::unique_ptr<client::ApiClient> admin = server.connect();
    std::unique_ptr<NodeAgent> agent;

    explicit HostWithToken(Duration wrong) : host_clock(time, wrong) {
        auto engine = std::make_unique<FakeRuntime>(server.runner().executor(), host_clock);
        engine->add_image(kTestImage);
        NodeAgentOptions options;
        options.server = server.url();
        std::ifstream(server.file("join-token")) >> options.join_token;
        options.node_name = "n1";
        options.data_dir = data.path().string();
        options.log_root = "";
        options.mounts_volumes = false;
        agent = std::make_unique<NodeAgent>(
            server.runner().executor(), options, std::move(engine), host_clock);
        REQUIRE(server.runner().run(agent->start()));
    }
    ~HostWithToken() { server.runner().run(agent->stop()); }

    void create_pod(int token_seconds) {
        server.ok(admin->create(
            {"v1", "pods", "default"},
            {{"apiVersion", "v1"},
             {"kind", "Pod"},
             {"metadata", {{"name", "web"}}},
             {"spec",
              {{"nodeName", "n1"},
               {"automountServiceAccountToken", false},
               {"containers", {{{"name", "main"}, {"image", kTestImage}}}},
               {"volumes",
                {{{"name", "token"},
                  {"projected",
                   {{"sources",
                     {{{"serviceAccountToken",
                        {{"path", "token"}, {"expirationSeconds", token_seconds}}}}}}}}}}}}}}));
    }
    [[nodiscard]] std::string token() const {
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(data.path() / "volumes")) {
            if (entry.path().filename() == "token" && entry.is_regular_file())
                return read_file_or_empty(entry.path());
        }
        return {};
    }
    [[nodiscard]] bool accepted(const std::string& token) {
        const auto pod = server.connect(token);
        return server.runner()
            .run(pod->create({"authentication.k8s.io/v1", "selfsubjectreviews"}, Json::object()))
            .has_value();
    }
    /// In steps that leave everything its time to answer.
    void pass(std::chrono::seconds length) {
        for (const auto end = time.now() + length; time.now() < end; step(2s)) {
        }
    }
    void until(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (!holds()) {
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            step(10ms);
        }
    }
    void step(std::chrono::milliseconds length) {
        auto& loop = server.runner().context();
        loop.restart();
        loop.run_for(2ms);
        time.move_to(time.now() + length);
    }
};

TEST_CASE("Agent: a token in a running pod is another one before it ends", "[agent]") {
    // Whatever the host's own clock says.
    const auto wrong = GENERATE(0s, 7200s, -7200s);
    CAPTURE(wrong.count());
    HostWithToken host(wrong);
    host.create_pod(600);
    host.until([&] { return !host.token().empty(); });
    const auto first = host.token();
    CHECK(host.accepted(first));

    host.pass(440s);
    CHECK(host.token() == first);
    host.pass(45s);
    host.until([&] { return host.token() != first; });
    const auto second = host.token();
    CHECK(host.accepted(first));
    CHECK(host.accepted(second));

    host.pass(120s);
    CHECK_FALSE(host.accepted(first));
    CHECK(host.accepted(second));
}

}  // namespace
}  // namespace picket::nodeagent
