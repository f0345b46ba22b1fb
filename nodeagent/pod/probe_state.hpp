#pragma once
#include "nodeagent/pod/container.hpp"
#include "nodeagent/pod/pod_memory.hpp"

namespace picket::nodeagent {

enum class ProbeKind { Startup, Liveness, Readiness };

/// Results of one probe of one container, in a row.
struct ProbeCount {
    int successes = 0;
    int failures = 0;
};

/// What one more result changes: a threshold reached turns readiness, ends the start, or asks for a
/// restart.
[[nodiscard]] ProbeVerdict after_probe(
    ProbeVerdict verdict, ProbeCount& count, ProbeKind kind, const Probe& probe, bool success);

/// Liveness and readiness wait until the startup probe has succeeded.
[[nodiscard]] bool probe_is_due(ProbeKind kind, const ProbeVerdict& verdict);

}  // namespace picket::nodeagent
