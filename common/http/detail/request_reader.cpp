#include "common/http/detail/request_reader.hpp"

#include "common/base/release.hpp"

#include <boost/asio/error.hpp>

#include <array>

namespace picket::http::detail {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kRequestStep = 4U << 10U;    // most requests fit
constexpr std::size_t kBodyReadStep = 16U << 10U;  // what one TLS record holds

Rejection malformed(const char* why) {
    return {{Reason::BadRequest, why}, 400};
}

Rejection rejection_of(ParseError error) {
    switch (error) {
        case ParseError::HeaderTooLarge:
            return {{Reason::RequestEntityTooLarge, "the request's header is too large"}, 431};
        case ParseError::BodyTooLarge:
            return {{Reason::RequestEntityTooLarge, "the request's body is too large"}, 413};
        case ParseError::Malformed:
        case ParseError::None:
            break;
    }
    return malformed("the request is malformed");
}

Rejection too_slow() {
    return {{Reason::Timeout, "the request did not arrive in time"}, 408};
}

Reading finish(RequestParser& parser) {
    Incoming incoming;
    incoming.keep_alive = parser.keep_alive();
    incoming.http_1_0 = parser.http_1_0();
    incoming.request = parser.take();
    if (!incoming.http_1_0 && incoming.request.headers.find_all("Host").size() != 1) {
        return malformed("the request does not name exactly one host");
    }
    incoming.head = incoming.request.method == Method::Head;
    if (incoming.head) incoming.request.method = Method::Get;
    return incoming;
}

}  // namespace

Awaitable<bool> RequestReader::wait() {
    if (!input_.empty()) co_return true;
    release(input_);  // an idle connection keeps no buffer
    co_return !co_await transport_.wait_readable();
}

Awaitable<error_code> RequestReader::receive() {
    const auto before = input_.size();
    input_.resize(before + (before == 0 ? kRequestStep : kBodyReadStep));
    const auto [error, bytes] =
        co_await transport_.read_some(asio::buffer(input_.data() + before, input_.size() - before));
    input_.resize(before + bytes);
    co_return error;
}

IoResult RequestReader::take_what_is_there() {
    std::array<char, 512> bytes;  // NOLINT: filled before it is read
    const auto result = transport_.try_read(asio::buffer(bytes));
    input_.append(bytes.data(), result.bytes);
    return result;
}

Awaitable<error_code> RequestReader::notice() {
    for (;;) {
        if (const auto error = co_await transport_.wait_readable()) co_return error;
        // What woke us may be nothing but a part of a record.
        if (const auto [error, bytes] = take_what_is_there(); !is_would_block(error))
            co_return error;
    }
}

Awaitable<void> RequestReader::continue_if_expected(const RequestParser& parser) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    if (!parser.expects_continue() || !input_.empty()) co_return;
    // If this cannot be written, the body cannot be read either.
    co_await transport_.write(Buffers(1, asio::buffer(kContinue)));
}

Awaitable<Reading> RequestReader::read() {
    const auto parser = make_request_parser({limits_.header_bytes, limits_.body_bytes});
    transport_.deadline().expires_after(limits_.header_timeout);
    bool in_body = false;
    for (;;) {
        input_.erase(0, parser->put(input_));
        if (parser->error() != ParseError::None) co_return rejection_of(parser->error());
        if (parser->done()) {
            if (input_.empty()) release(input_);  // the answer may be a watch
            co_return finish(*parser);
        }
        if (parser->header_done() && !std::exchange(in_body, true)) {
            transport_.deadline().expires_after(limits_.body_timeout);
            co_await continue_if_expected(*parser);
        }
        const auto error = co_await receive();
        if (error == asio::error::timed_out && parser->started()) co_return too_slow();
        if (error) co_return PeerGone{};
    }
}

}  // namespace picket::http::detail
