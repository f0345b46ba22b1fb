#pragma once
/// How the server asks something of a host that has no open port. The agent dials out twice:
///
/// 1. `GET /apis/picket.dev/v1/nodes/{node}/tunnel` answers 200 with an endless chunked body of
/// JSON lines. An empty
///    object `{}` is a keep-alive (every kTunnelKeepAlive); any other line is a StreamRequest.
/// 2. For each StreamRequest the agent opens `GET /apis/picket.dev/v1/nodes/{node}/tunnel/{id}`
/// with
///    `Upgrade: picket-stream`. It first sends one line: a StreamReply as JSON. Then the bytes of
///    the stream follow raw, both ways, until either side closes. Each stream has a connection of
///    its own, so TCP gives back-pressure and one stream never holds up another.
///
/// Both need the node's own credential. A StreamRequest that no agent picks up within kTunnelPickUp
/// is answered to the client with 504.
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace picket {

inline constexpr std::string_view kTunnelProtocol = "picket-stream";
inline constexpr std::chrono::seconds kTunnelKeepAlive{10};
inline constexpr std::chrono::seconds kTunnelPickUp{15};

struct StreamRequest {
    std::string id;  ///< unguessable; used once
    /// "log"; "exec" and "attach", whose bytes are channel frames; "portforward", one connection to
    /// the parameter `port`; "page", what the agent says under the parameter `path`.
    std::string kind;
    std::string namespace_name;
    std::string pod;
    std::string pod_uid;
    std::string container;
    std::vector<std::pair<std::string, std::string>>
        parameters;  ///< the query of the client's request
};
[[nodiscard]] Json to_json(const StreamRequest& request);
[[nodiscard]] Result<StreamRequest> parse_stream_request(const Json& line);

/// `{"status":200,"contentType":"text/plain"}` before the bytes of a stream, or the Status object
/// of a failure, which the server hands to its client as it is.
struct StreamReply {
    std::string content_type = "text/plain";
    std::optional<Error> failure = std::nullopt;
};
[[nodiscard]] Json to_json(const StreamReply& reply);
[[nodiscard]] Result<StreamReply> parse_stream_reply(const Json& line);

}  // namespace picket
