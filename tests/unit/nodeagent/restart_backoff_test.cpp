#include "nodeagent/pod/restart_backoff.hpp"

#include "tests/unit/nodeagent/pod_builder.hpp"

#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

using builders::at;

TEST_CASE("Restart back-off: at once, then 10 s doubling to 300 s", "[nodeagent]") {
    RestartBackOff backoff;
    int finished = 0;
    for (const int expected : {0, 10, 20, 40, 80, 160, 300, 300}) {
        const auto start = may_restart_at(backoff, at(finished));
        CHECK(start == at(finished + expected));
        backoff = after_restart(backoff, at(finished));
        finished += expected + 1;
    }
}

TEST_CASE("Restart back-off: a run of more than ten minutes starts it over", "[nodeagent]") {
    auto backoff = after_restart({}, at(0));
    backoff = after_restart(backoff, at(10));
    CHECK(may_restart_at(backoff, at(10 + 600)) == at(10 + 600 + 20));
    CHECK(may_restart_at(backoff, at(10 + 601)) == at(10 + 601));
    CHECK(after_restart(backoff, at(10 + 601)).delay == std::chrono::seconds{10});
}

TEST_CASE("Back-off: a clock that was set back makes nothing wait longer", "[nodeagent]") {
    CHECK(within_reach(at(300), at(0)) == at(300));
    CHECK(within_reach(at(301), at(0)) == at(0));
    CHECK(within_reach(at(7200), at(0)) == at(0));
    CHECK(within_reach(at(-5), at(0)) == at(-5));
}

}  // namespace
}  // namespace picket::nodeagent
