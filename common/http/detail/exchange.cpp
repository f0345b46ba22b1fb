#include "common/http/detail/exchange.hpp"

#include "common/base/release.hpp"
#include "common/http/detail/byte_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace picket::http::detail {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyStep = 16U << 10U;  // what one TLS record holds

bool is_interim(unsigned status) {
    return status >= 100 && status < 200 && status != 101;
}

/// An end is an end, with or without TLS's goodbye: whether the message is whole is for its framing
/// to say.
bool is_end(const error_code& error) {
    return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

}  // namespace

Exchange::Exchange(std::unique_ptr<Transport> transport) : transport_(std::move(transport)) {}

Error Exchange::lost(const error_code& error) const {
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    if (error == asio::error::timed_out) return {Reason::Timeout, "no answer in time"};
    return {Reason::ServiceUnavailable, "connection lost: " + error.message()};
}

Awaitable<Result<void>> Exchange::begin(const WireRequest& request) {
    Buffers buffers;
    buffers.emplace_back(request.head.data(), request.head.size());
    buffers.emplace_back(request.body.data(), request.body.size());
    const auto error = co_await transport_->write(std::move(buffers));
    written_ = !error;
    if (error == asio::error::timed_out || error == asio::error::operation_aborted)
        co_return lost(error);
    // A server may refuse a body before it has read all of it: its answer is there although writing
    // failed.
    auto read = co_await read_header(request);
    if (!read && error) {
        gone_ = true;
        co_return lost(error);
    }
    co_return read;
}

Awaitable<Result<void>> Exchange::read_header(const WireRequest& request) {
    do {
        parser_ = make_response_parser({}, request.is_head);
        for (;;) {
            input_.erase(0, parser_->put(input_));
            if (parser_->error() != ParseError::None) co_return malformed();
            if (parser_->header_done()) break;
            auto read = co_await read_more();
            if (!read) co_return read;
        }
    } while (is_interim(parser_->status()));
    co_return Ok();
}

Awaitable<Result<void>> Exchange::read_more() {
    if (input_.empty()) release(input_);  // who waits, perhaps for hours, keeps no buffer
    IoResult result;
    result.error = co_await transport_->wait_readable();
    const auto before = input_.size();
    if (!result.error) {
        input_.resize(before + kBodyStep);
        result = co_await transport_->read_some(asio::buffer(input_.data() + before, kBodyStep));
        input_.resize(before + result.bytes);
    }
    const auto [error, bytes] = result;
    answered_ = answered_ || bytes > 0;
    if (is_end(error)) parser_->put_end();
    if (error && !(is_end(error) && parser_->done())) {
        gone_ = error != asio::error::timed_out;
        co_return lost(error);
    }
    co_return Ok();
}

Awaitable<Result<bool>> Exchange::read_body() {
    while (!parser_->done()) {
        const auto before = parser_->body().size();
        input_.erase(0, parser_->put(input_));
        if (parser_->error() != ParseError::None) co_return malformed();
        if (parser_->body().size() > before) co_return true;
        if (parser_->done()) break;
        auto read = co_await read_more();
        if (!read) co_return read.error();
    }
    co_return false;
}

Error Exchange::malformed() const {
    return {
        Reason::ServiceUnavailable, "cannot understand the answer: " + parser_->error_message()};
}

bool Exchange::may_repeat(const WireRequest& request) const {
    return gone_ && !answered_ && (request.repeatable || !written_);
}

std::unique_ptr<Transport> Exchange::reusable_transport() {
    if (!parser_->done() || !parser_->keep_alive() || !input_.empty()) return nullptr;
    return std::move(transport_);
}

std::unique_ptr<ByteStream> Exchange::take_stream() {
    return make_byte_stream(std::move(transport_), std::move(input_));
}

}  // namespace picket::http::detail
