#pragma once
#include "common/base/error.hpp"
#include "nodeagent/pod/pod_memory.hpp"

#include <optional>
#include <string>

namespace picket::nodeagent {

/// The engine is away: not the container's fault, so no growing back-off.
inline constexpr std::chrono::seconds kEngineRetry{1};

/// Why it failed, and when it is tried again.
void note_failure(StartFailure& failure, std::string reason, const Error& error, TimePoint now);
/// What is remembered of a failure, made if nothing was.
StartFailure& failure_of(std::optional<StartFailure>& place);

}  // namespace picket::nodeagent
