#include "common/api/tunnel.hpp"

#include "common/api/json_read.hpp"
#include "common/api/status.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

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

}  // namespace picket
