#pragma once
#include "cli/session.hpp"

#include <functional>
#include <string>

namespace picket::cli {

/// One collection as a watch asks for it.
struct WatchRequest {
    client::Target target;
    client::Query query = {};
    std::string accept = "application/json";
};

/// Calls `on_event` with each event after `version` ({"type", "object"}; no bookmarks) until it
/// answers false. A server may end a watch at any time: it is then asked again from the last
/// version seen. The error is what the server refused.
[[nodiscard]] Result<void> watch_events(
    Session& session,
    const WatchRequest& request,
    std::string version,
    const std::function<bool(const Json& event)>& on_event);

/// A named object's collection, selected by that name.
[[nodiscard]] WatchRequest watch_of_one(client::Target target);

}  // namespace picket::cli
