#pragma once
#include "common/api/tunnel.hpp"
#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <cstdint>
#include <optional>

namespace picket::nodeagent {

/// The query of GET …/pods/P/log.
struct LogRequest {
    bool previous = false;
    LogOptions options;
    std::optional<std::int64_t> limit_bytes;
};
/// BadRequest names the parameter that is wrong.
[[nodiscard]] Result<LogRequest> parse_log_request(const StreamRequest& request, TimePoint now);

}  // namespace picket::nodeagent
