#pragma once
/// The one connection over which the server speaks to a host that has no open port. The agent dials
/// out:
///
/// 1. `GET /apis/picket.dev/v1/nodes/{node}/tunnel` answers 200 with an endless chunked body of
///    lines, the control stream. ControlLine says what they mean; the first names the session, and
///    an empty object `{}` is a keep-alive (every kTunnelKeepAlive).
/// 2. For each StreamRequest the agent opens `GET /apis/picket.dev/v1/nodes/{node}/tunnel/{id}`
///    with `Upgrade: picket-stream`. It first sends one line: a StreamReply as JSON. Then the bytes
///    of the stream follow raw, both ways, until either side closes. Each stream has a connection
///    of its own, so TCP gives back-pressure and one stream never holds up another.
/// 3. What the agent watches comes on the control stream too, so that a host costs the server no
///    connection for each watch: `POST /apis/picket.dev/v1/nodes/{node}/tunnel` with a CarriedWatch
///    is answered as the GET of its target would be, and the lines of that watch follow as
///    ControlLine::Lines until ControlLine::End, or until the control stream breaks.
///
/// All need the node's own credential. A StreamRequest that no agent picks up within kTunnelPickUp
/// is answered to the client with 504.
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
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

/// A watch that an agent wants on the control stream of this session.
struct CarriedWatch {
    std::string session;
    std::string id;      ///< the agent's name for it: letters and digits, not used before
    std::string target;  ///< path and query, as of a GET
};
[[nodiscard]] Json to_json(const CarriedWatch& watch);
[[nodiscard]] Result<CarriedWatch> parse_carried_watch(const Json& body);

/// What one line of the control stream says.
namespace control_line {
struct KeepAlive {};
struct Session {
    std::string id;
};
/// The next `count` lines belong to this watch.
struct WatchLines {
    std::string watch;
    std::size_t count = 0;
};
struct WatchEnd {
    std::string watch;
};
}  // namespace control_line
using ControlLine = std::variant<
    control_line::KeepAlive,
    control_line::Session,
    control_line::WatchLines,
    control_line::WatchEnd,
    StreamRequest>;
[[nodiscard]] Result<ControlLine> parse_control_line(const std::string& text);
/// With the newline.
[[nodiscard]] std::string text_of(const ControlLine& line);

}  // namespace picket
