#include "cli/watch.hpp"

#include "cli/json_path.hpp"
#include "common/api/status.hpp"

#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

// The object's own version, or that of the first row where tables are watched.
void note_version(const Json& event, std::string& version) {
    std::string seen = string_at(event, "/object/metadata/resourceVersion");
    if (seen.empty()) seen = string_at(event, "/object/rows/0/object/metadata/resourceVersion");
    if (!seen.empty()) version = seen;
}

/// Reads one watch to its end. False when `on_event` has seen enough.
Result<bool> read_watch(
    Session& session,
    http::StreamingResponse& stream,
    std::string& version,
    const std::function<bool(const Json&)>& on_event) {
    while (true) {
        auto line = session.next_line(stream);
        if (!line || !line->has_value()) return true;
        const Json event = Json::parse(**line, nullptr, false);
        if (event.is_discarded()) return bad_request("a line of the watch is not JSON");
        const std::string type = string_at(event, "/type");
        if (type == "ERROR") return from_status(event.at("object"));
        note_version(event, version);
        if (type != "BOOKMARK" && !on_event(event)) return false;
    }
}

}  // namespace

Result<void> watch_events(
    Session& session,
    const WatchRequest& request,
    std::string version,
    const std::function<bool(const Json& event)>& on_event) {
    while (true) {
        client::Query query = request.query;
        query.emplace_back("watch", "true");
        query.emplace_back("allowWatchBookmarks", "true");
        query.emplace_back("resourceVersion", version);
        auto stream =
            session.stream(request.target, {.query = std::move(query), .accept = request.accept});
        if (!stream) return stream.error();
        auto go_on = read_watch(session, **stream, version, on_event);
        if (!go_on) return go_on.error();
        if (!*go_on) return Ok();
    }
}

WatchRequest watch_of_one(client::Target target) {
    WatchRequest request{.target = std::move(target)};
    request.query.emplace_back("fieldSelector", "metadata.name=" + request.target.name);
    request.target.name.clear();
    return request;
}

}  // namespace picket::cli
