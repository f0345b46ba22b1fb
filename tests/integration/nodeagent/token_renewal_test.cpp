/// The token in a running pod over its whole life.
#include "common/base/private_file.hpp"
#include "tests/integration/nodeagent/docker_image.hpp"
#include "tests/integration/nodeagent/fleet_in_moved_time.hpp"
#include "tests/support/fake_runtime.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
using picket::testing::FakeRuntime;
using picket::testing::FleetInMovedTime;
using picket::testing::kTestImage;

std::string token_in_pods_of(const std::filesystem::path& data_dir) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data_dir / "volumes")) {
        if (entry.path().filename() == "token" && entry.is_regular_file())
            return read_file_or_empty(entry.path());
    }
    return {};
}

bool is_accepted(FleetInMovedTime& fleet, const std::string& token) {
    const auto pod = fleet.server().connect(token);
    return fleet.runner()
        .run(pod->create({"authentication.k8s.io/v1", "selfsubjectreviews"}, Json::object()))
        .has_value();
}

Json pod_with_a_token_of(int seconds) {
    const Json token = {
        {"serviceAccountToken", {{"path", "token"}, {"expirationSeconds", seconds}}}};
    const Json volume = {{"name", "token"}, {"projected", {{"sources", Json::array({token})}}}};
    return {
        {"automountServiceAccountToken", false},
        {"containers", {{{"name", "main"}, {"image", kTestImage}}}},
        {"volumes", Json::array({volume})}};
}

TEST_CASE("Agent: a token in a running pod is another one before it ends", "[agent]") {
    // Whatever the host's own clock says.
    const auto wrong = GENERATE(0s, 7200s, -7200s);
    CAPTURE(wrong.count());
    FleetInMovedTime fleet;
    auto engine = fleet.engine<FakeRuntime>();
    engine->add_image(kTestImage);
    fleet.add_host("n1", std::move(engine), {}, wrong);
    fleet.create_pod("web", "n1", pod_with_a_token_of(600));
    const auto token = [&] { return token_in_pods_of(fleet.data_of("n1")); };
    fleet.until([&] { return !token().empty(); });
    const auto first = token();
    CHECK(is_accepted(fleet, first));

    fleet.pass(440s);
    CHECK(token() == first);
    fleet.pass(45s);
    fleet.until([&] { return token() != first; });
    const auto second = token();
    CHECK(is_accepted(fleet, first));
    CHECK(is_accepted(fleet, second));

    fleet.pass(120s);
    CHECK_FALSE(is_accepted(fleet, first));
    CHECK(is_accepted(fleet, second));
}

}  // namespace
}  // namespace picket::nodeagent
