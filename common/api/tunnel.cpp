#include "common/api/tunnel.hpp"

#include "common/api/json_read.hpp"
#include "common/api/status.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace picket {
namespace {

using json_read::text;

using Parameters = std::vector<std::pair<std::string, std::string>>;

bool is_text_pair(const Json& pair) {
    return pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string();
}

Result<Parameters> parse_parameters(const Json& line) {
    const auto found = line.find("parameters");
    if (found == line.end()) return Parameters();
    if (!found->is_array() || !std::ranges::all_of(*found, is_text_pair)) {
        return bad_request("stream request: parameters must be a list of [name, value]");
    }
    return found->get<Parameters>();
}

/// It is written into control lines, and read by people in logs.
bool is_watch_id(std::string_view id) {
    constexpr std::size_t kLongestId = 32;
    return !id.empty() && id.size() <= kLongestId &&
           std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c) != 0; });
}

}  // namespace

Json to_json(const StreamRequest& request) {
    // A list of pairs, not an object: a query may name a parameter twice.
    Json parameters = Json::array();
    for (const auto& [name, value] : request.parameters)
        parameters.push_back(Json::array({name, value}));
    return {
        {"id", request.id},
        {"kind", request.kind},
        {"namespace", request.namespace_name},
        {"pod", request.pod},
        {"podUID", request.pod_uid},
        {"container", request.container},
        {"parameters", std::move(parameters)}};
}

Result<StreamRequest> parse_stream_request(const Json& line) {
    if (!line.is_object()) return bad_request("stream request: not a JSON object");
    StreamRequest request{
        .id = text(line, "id"),
        .kind = text(line, "kind"),
        .namespace_name = text(line, "namespace"),
        .pod = text(line, "pod"),
        .pod_uid = text(line, "podUID"),
        .container = text(line, "container"),
        .parameters = {}};
    if (request.id.empty() || request.kind.empty())
        return bad_request("stream request: no id or no kind");
    auto parameters = parse_parameters(line);
    if (!parameters) return parameters.error();
    request.parameters = std::move(*parameters);
    return request;
}

Json to_json(const StreamReply& reply) {
    if (reply.failure) return to_status(*reply.failure);
    return {{"status", 200}, {"contentType", reply.content_type}};
}

Result<StreamReply> parse_stream_reply(const Json& line) {
    if (!line.is_object()) return bad_request("stream reply: not a JSON object");
    if (text(line, "kind") == "Status") return StreamReply{.failure = from_status(line)};
    if (line.value("status", Json()) != Json(200)) return bad_request("stream reply: no status");
    StreamReply reply;
    if (auto type = text(line, "contentType"); !type.empty()) reply.content_type = std::move(type);
    return reply;
}

Json to_json(const CarriedWatch& watch) {
    return {{"session", watch.session}, {"id", watch.id}, {"target", watch.target}};
}

Result<CarriedWatch> parse_carried_watch(const Json& body) {
    if (!body.is_object()) return bad_request("watch to carry: not a JSON object");
    CarriedWatch watch{text(body, "session"), text(body, "id"), text(body, "target")};
    if (watch.session.empty() || watch.target.empty())
        return bad_request("watch to carry: no session or no target");
    if (!is_watch_id(watch.id))
        return bad_request("watch to carry: the id must be 1 to 32 letters and digits");
    return watch;
}

Result<ControlLine> parse_control_line(const std::string& text_line) {
    const auto line = Json::parse(text_line, nullptr, false);
    if (!line.is_object()) return bad_request("control line: not a JSON object");
    if (line.empty()) return ControlLine(control_line::KeepAlive{});
    if (auto session = text(line, "session"); !session.empty())
        return ControlLine(control_line::Session{std::move(session)});
    auto watch = text(line, "watch");
    if (watch.empty()) {
        auto request = parse_stream_request(line);
        if (!request) return request.error();
        return ControlLine(std::move(*request));
    }
    const auto lines = line.find("lines");
    if (lines == line.end()) return ControlLine(control_line::WatchEnd{std::move(watch)});
    if (!lines->is_number_unsigned()) return bad_request("control line: lines must be a number");
    return ControlLine(control_line::WatchLines{std::move(watch), lines->get<std::size_t>()});
}

std::string text_of(const ControlLine& line) {
    struct Writer {
        Json operator()(const control_line::KeepAlive&) const { return Json::object(); }
        Json operator()(const control_line::Session& session) const {
            return {{"session", session.id}};
        }
        Json operator()(const control_line::WatchLines& lines) const {
            return {{"watch", lines.watch}, {"lines", lines.count}};
        }
        Json operator()(const control_line::WatchEnd& end) const { return {{"watch", end.watch}}; }
        Json operator()(const StreamRequest& request) const { return to_json(request); }
    };
    return std::visit(Writer(), line).dump() + "\n";
}

}  // namespace picket
