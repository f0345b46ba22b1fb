#pragma once
#include <spdlog/fwd.h>

#include <memory>
#include <string>

namespace picket {

/// The named logger of a component: `auto log = logger("store"); log->info("opened path={}
/// rows={}", …)`. An event phrase, then key=value pairs; each state change once, at the place that
/// made it; never a secret. Writes to stderr. Safe from any thread.
[[nodiscard]] std::shared_ptr<spdlog::logger> logger(const std::string& component);

/// trace, debug, info, warn, error or off, for all components, present and future. False if it is
/// none of these.
bool set_log_level(const std::string& level);

}  // namespace picket
