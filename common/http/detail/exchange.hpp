#pragma once
#include "common/http/client.hpp"
#include "common/http/detail/message_parser.hpp"
#include "common/http/detail/transport.hpp"

#include <memory>
#include <string>

namespace picket::http::detail {

/// A request as it goes over the wire, kept so that it can be sent again.
struct WireRequest {
    std::string head;
    std::string body;
    bool is_head = false;     ///< its answer has no body
    bool repeatable = false;  ///< doing it twice does no harm
};

/// One request and its answer on one connection. Waits end at the transport's deadline; coroutine
/// cancellation throws.
class Exchange {
public:
    explicit Exchange(std::unique_ptr<Transport> transport);

    /// Sends `request` and reads the answer's header; interim answers are skipped.
    Awaitable<Result<void>> begin(const WireRequest& request);
    /// Reads more of the body; false at its end.
    Awaitable<Result<bool>> read_body();
    /// True if, after begin() failed, nothing speaks against sending the request again on another
    /// connection.
    [[nodiscard]] bool may_repeat(const WireRequest& request) const;

    [[nodiscard]] unsigned status() const { return parser_->status(); }
    [[nodiscard]] Headers& headers() { return parser_->headers(); }
    [[nodiscard]] std::string& body() { return parser_->body(); }
    [[nodiscard]] Deadline& deadline() { return transport_->deadline(); }

    /// The connection if another request may follow on it, else null.
    [[nodiscard]] std::unique_ptr<Transport> reusable_transport();
    /// After 101: the connection as it is.
    [[nodiscard]] std::unique_ptr<ByteStream> take_stream();

private:
    Awaitable<Result<void>> read_header(const WireRequest& request);
    Awaitable<Result<void>> read_more();
    [[nodiscard]] Error lost(const error_code& error) const;
    [[nodiscard]] Error malformed() const;

    std::unique_ptr<Transport> transport_;
    std::unique_ptr<ResponseParser> parser_;
    std::string input_;  // received, not parsed yet
    bool written_ = false;
    bool answered_ = false;
    bool gone_ = false;  // the connection broke, as opposed to a deadline that passed
};

}  // namespace picket::http::detail
