#pragma once
#include "common/async/task_group.hpp"
#include "common/http/detail/request_reader.hpp"
#include "common/http/detail/transport.hpp"
#include "common/http/detail/wire.hpp"
#include "common/http/server.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace picket::http::detail {

/// What all sessions of a server share. The server owns it and outlives them.
struct SessionContext {
    SessionContext(ServerLimits the_limits, Handler the_handler, ErrorResponder responder)
        : limits(the_limits), handler(std::move(the_handler)), on_error(std::move(responder)) {}

    ServerLimits limits;
    Handler handler;
    ErrorResponder on_error;
    bool stopping = false;
    /// The Date field, formatted once a second.
    const std::string& date();

private:
    std::string date_;
    std::chrono::sys_seconds date_of_{};
};

/// One connection: requests are read, handled and answered in order until either side has enough.
/// Owned by the server's TaskGroup through run(); the server keeps a reference to tell it about the
/// end.
class ServerSession {
public:
    ServerSession(SessionContext& context, std::shared_ptr<Transport> transport, std::string peer);

    /// Serves the connection to its end. Never throws.
    Awaitable<> run();
    /// Answers the first request with `refusal` and closes: the server is full.
    void refuse(Error refusal) { refusal_ = std::move(refusal); }
    /// Closes an idle connection, ends a stream, lets a running request finish.
    void finish();
    /// Closes at once.
    void abort();

private:
    Awaitable<> serve();
    Awaitable<bool> serve_one();
    Awaitable<bool> wait_for_request();
    Awaitable<> reject(Rejection rejection);
    Awaitable<> linger();
    Awaitable<Response> handle(Request request);

    Awaitable<bool> answer(Incoming incoming, Response response);
    Awaitable<bool> answer_whole(const Incoming& incoming, Response response);
    Awaitable<bool> answer_stream(const Incoming& incoming, Response response);
    Awaitable<> answer_upgrade(Response response);
    Awaitable<bool> run_stream(std::function<Awaitable<void>(BodyWriter&)> stream, bool chunked);
    Awaitable<> watch_peer();
    Awaitable<error_code> write_head(
        unsigned status, Headers headers, Framing framing, std::vector<Bytes> body = {});
    [[nodiscard]] Framing::Connection connection_field(const Incoming& incoming) const;

    SessionContext& context_;
    std::shared_ptr<Transport> transport_;
    std::string peer_;
    RequestReader reader_;
    std::optional<Error> refusal_;
    bool idle_ = true;  // nothing of a next request has come
    bool handed_over_ = false;
    boost::asio::cancellation_signal stream_cancel_;
};

}  // namespace picket::http::detail
