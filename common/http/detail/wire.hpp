#pragma once
/// How heads of messages look on the wire. Pure.
#include "common/base/clock.hpp"
#include "common/http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picket::http::detail {

/// How the length of a body is told, and whether the connection stays. Decided by the connection,
/// not by the handler.
struct Framing {
    enum class Body { None, Length, Chunked, UntilClose };
    Body body = Body::None;
    std::uint64_t length = 0;
    enum class Connection { Implied, KeepAlive, Close, Upgrade };
    Connection connection = Connection::Implied;
};

/// Status line and fields, up to and with the empty line. Fields of `headers` that would contradict
/// the framing are left out; line ends inside a value become spaces.
[[nodiscard]] std::string format_response_head(
    unsigned status, const Headers& headers, const Framing& framing, std::string_view date);
/// BadRequest if the method, the target or a field cannot be sent.
[[nodiscard]] Result<std::string> format_request_head(
    const Request& request,
    std::string_view target_prefix,
    std::string_view host,
    const Framing& framing);
/// "1a2b\r\n"
[[nodiscard]] std::string format_chunk_head(std::size_t size);
/// As in the Date field: "Sun, 06 Nov 1994 08:49:37 GMT"
[[nodiscard]] std::string format_http_date(TimePoint time);
[[nodiscard]] std::string_view reason_phrase(unsigned status);

}  // namespace picket::http::detail
