#pragma once
#include "common/http/detail/message_parser.hpp"
#include "common/http/detail/transport.hpp"
#include "common/http/server.hpp"

#include <string>
#include <utility>
#include <variant>

namespace picket::http::detail {

/// A request as it came, with what its header says about the connection.
struct Incoming {
    Request request;
    bool keep_alive = false;
    bool http_1_0 = false;
    bool head = false;  ///< was HEAD; the request says GET
};

/// Why a request is refused before anybody handles it. `status` may be more exact than the reason's
/// own.
struct Rejection {
    Error error;
    unsigned status;
};

struct PeerGone {};
using Reading = std::variant<Incoming, Rejection, PeerGone>;

/// Reads the requests of one connection, one after the other, and keeps what came too early.
class RequestReader {
public:
    RequestReader(Transport& transport, const ServerLimits& limits)
        : transport_(transport), limits_(limits) {}

    /// Waits until something of the next request is there, at most until the transport's deadline.
    /// Holds no buffer meanwhile. False at the end of the connection.
    Awaitable<bool> wait();
    /// Reads one request within the limits. PeerGone also if its time passes before anything of it
    /// came.
    Awaitable<Reading> read();
    /// Receives what comes next without looking at it.
    Awaitable<error_code> receive();
    /// The same for what hardly ever comes: holds no buffer while it waits.
    Awaitable<error_code> notice();

    [[nodiscard]] std::size_t buffered() const { return input_.size(); }
    [[nodiscard]] std::string take_buffered() { return std::exchange(input_, {}); }

private:
    IoResult take_what_is_there();
    Awaitable<void> continue_if_expected(const RequestParser& parser);

    Transport& transport_;
    const ServerLimits& limits_;
    std::string input_;  // received, not parsed yet
};

}  // namespace picket::http::detail
