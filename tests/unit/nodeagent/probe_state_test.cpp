#include "nodeagent/pod/probe_state.hpp"

#include "nodeagent/pod/handler_runner.hpp"

#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

/// Feeds results, 'x' a failure and '.' a success, and answers the verdict after the last.
ProbeVerdict after(
    ProbeKind kind, ProbeVerdict verdict, const Probe& probe, std::string_view results) {
    ProbeCount count;
    for (const char c : results) verdict = after_probe(verdict, count, kind, probe, c == '.');
    return verdict;
}

TEST_CASE("Probes: readiness changes after its thresholds, both ways", "[nodeagent]") {
    Probe probe;
    probe.success_threshold = 2;
    ProbeVerdict unready;
    unready.ready = false;
    CHECK_FALSE(after(ProbeKind::Readiness, unready, probe, ".").ready);
    CHECK_FALSE(after(ProbeKind::Readiness, unready, probe, ".x.").ready);
    CHECK(after(ProbeKind::Readiness, unready, probe, "..").ready);
    CHECK(after(ProbeKind::Readiness, {}, probe, "xx").ready);
    CHECK_FALSE(after(ProbeKind::Readiness, {}, probe, "xxx").ready);
    CHECK_FALSE(after(ProbeKind::Readiness, {}, probe, "xxx").unhealthy);
}

TEST_CASE("Probes: liveness asks for a restart after failures in a row", "[nodeagent]") {
    Probe probe;
    probe.termination_grace_seconds = 7;
    CHECK_FALSE(after(ProbeKind::Liveness, {}, probe, "xx.xx").unhealthy);
    const auto dead = after(ProbeKind::Liveness, {}, probe, "xxx");
    CHECK(dead.unhealthy);
    CHECK(dead.kill_grace_seconds == 7);
}

TEST_CASE("Probes: nothing else runs until the startup probe has succeeded", "[nodeagent]") {
    ProbeVerdict starting;
    starting.started = false;
    CHECK(probe_is_due(ProbeKind::Startup, starting));
    CHECK_FALSE(probe_is_due(ProbeKind::Liveness, starting));
    CHECK_FALSE(probe_is_due(ProbeKind::Readiness, starting));
    const auto started = after(ProbeKind::Startup, starting, {}, "xx.");
    CHECK(started.started);
    CHECK_FALSE(probe_is_due(ProbeKind::Startup, started));
    CHECK(probe_is_due(ProbeKind::Liveness, started));
    CHECK(after(ProbeKind::Startup, starting, {}, "xxx").unhealthy);
}

TEST_CASE("Probes: a port by number or by name", "[nodeagent]") {
    const std::vector<ContainerPort> ports = {{"http", 8080, 0, "", "TCP"}};
    CHECK(resolve_port("9090", ports) == 9090);
    CHECK(resolve_port("http", ports) == 8080);
    CHECK(resolve_port("grpc", ports) == 0);
    CHECK(resolve_port("99999", ports) == 0);
    CHECK(resolve_port("", ports) == 0);
}

}  // namespace
}  // namespace picket::nodeagent
