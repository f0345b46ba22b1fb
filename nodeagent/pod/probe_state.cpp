#include "nodeagent/pod/probe_state.hpp"

namespace picket::nodeagent {
namespace {

void on_success(ProbeVerdict& verdict, ProbeKind kind) {
    if (kind == ProbeKind::Startup) verdict.started = true;
    if (kind == ProbeKind::Readiness) verdict.ready = true;
}

void on_failure(ProbeVerdict& verdict, ProbeKind kind, const Probe& probe) {
    if (kind == ProbeKind::Readiness) {
        verdict.ready = false;
        return;
    }
    verdict.unhealthy = true;
    verdict.kill_grace_seconds = probe.termination_grace_seconds;
}

}  // namespace

ProbeVerdict after_probe(
    ProbeVerdict verdict, ProbeCount& count, ProbeKind kind, const Probe& probe, bool success) {
    count.successes = success ? count.successes + 1 : 0;
    count.failures = success ? 0 : count.failures + 1;
    if (count.successes >= probe.success_threshold) on_success(verdict, kind);
    if (count.failures >= probe.failure_threshold) on_failure(verdict, kind, probe);
    return verdict;
}

bool probe_is_due(ProbeKind kind, const ProbeVerdict& verdict) {
    if (verdict.unhealthy) return false;
    return kind == ProbeKind::Startup ? !verdict.started : verdict.started;
}

}  // namespace picket::nodeagent
