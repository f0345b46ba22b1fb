#include "common/http/spdy_session.hpp"

namespace picket::http {
namespace {

constexpr std::uint32_t kSpdyCancel = 5;
constexpr std::size_t kSpdyReadStep = 32U << 10U;

}  // namespace

SpdySession::SpdySession(boost::asio::any_io_executor executor, std::unique_ptr<ByteStream> bytes)
    : bytes_(std::move(bytes)), writing_(std::move(executor)) {}

Awaitable<Result<std::optional<SpdyFrame>>> SpdySession::receive() {
    std::string buffer;
    while (true) {
        auto frame = parser_.next();
        if (!frame) co_return frame.error();
        if (*frame && (*frame)->type == SpdyFrame::Type::GoAway)
            co_return std::optional<SpdyFrame>();
        if (*frame && (*frame)->type == SpdyFrame::Type::Ping) {
            auto answered = co_await write(std::move(**frame));
            if (!answered) co_return answered.error();
            continue;
        }
        if (*frame && (*frame)->type != SpdyFrame::Type::Ignored &&
            (*frame)->type != SpdyFrame::Type::SynReply)
            co_return std::move(*frame);
        if (*frame) continue;
        buffer.resize(kSpdyReadStep);
        const auto size = co_await bytes_->read_some(buffer);
        if (!size) co_return size.error();
        if (*size == 0) co_return std::optional<SpdyFrame>();
        parser_.put(std::string_view(buffer).substr(0, *size));
    }
}

// The compression of headers has one state, so a frame is formatted when it is its turn.
Awaitable<Result<void>> SpdySession::write(SpdyFrame frame) {
    const auto lock = co_await writing_.lock();
    co_return co_await bytes_->write(formatter_.format(frame));
}

Awaitable<Result<void>> SpdySession::reply(std::uint32_t stream) {
    return write({.type = SpdyFrame::Type::SynReply, .id = stream});
}

Awaitable<Result<void>> SpdySession::send(std::uint32_t stream, std::string bytes, bool last) {
    return write({.id = stream, .last = last, .bytes = std::move(bytes)});
}

Awaitable<Result<void>> SpdySession::reset(std::uint32_t stream) {
    return write({.type = SpdyFrame::Type::Reset, .id = stream, .status = kSpdyCancel});
}

}  // namespace picket::http
