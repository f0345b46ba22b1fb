#include "common/http/websocket.hpp"

#include "common/async/timing.hpp"
#include "common/base/encoding.hpp"

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <stdexcept>

namespace picket::http {
namespace {

using namespace boost::asio::experimental::awaitable_operators;

constexpr std::size_t kReceiveStep = 32U << 10U;

std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    auto* data = reinterpret_cast<unsigned char*>(bytes.data());
    if (RAND_bytes(data, static_cast<int>(size)) != 1) throw std::runtime_error("no randomness");
    return bytes;
}

FrameMask random_mask() {
    const auto bytes = random_bytes(4);
    FrameMask mask{};
    std::ranges::copy(bytes, mask.begin());
    return mask;
}

/// RFC 6455, 4.2.2: proves that the server has read the key.
std::string accept_key(std::string_view key) {
    const auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::string digest(SHA_DIGEST_LENGTH, '\0');
    SHA1(
        reinterpret_cast<const unsigned char*>(text.data()),
        text.size(),
        reinterpret_cast<unsigned char*>(digest.data()));
    return base64_encode(digest);
}

std::vector<std::string> list_in(const Headers& headers, std::string_view name) {
    std::vector<std::string> words;
    for (const auto value : headers.find_all(name)) {
        std::vector<std::string> some;
        boost::algorithm::split(some, value, boost::algorithm::is_any_of(","));
        for (auto& word : some) {
            boost::algorithm::trim(word);
            if (!word.empty()) words.push_back(std::move(word));
        }
    }
    return words;
}

bool lists(const Headers& headers, std::string_view name, std::string_view wanted) {
    return std::ranges::any_of(list_in(headers, name), [&](const std::string& word) {
        return boost::algorithm::iequals(word, wanted);
    });
}

/// A protocol error says 1002, a message that is too long 1009.
std::uint16_t close_code_of(const Error& error) {
    return error.reason == Reason::RequestEntityTooLarge ? 1009 : 1002;
}

class WebSocketByteStream final : public ByteStream {
public:
    explicit WebSocketByteStream(std::unique_ptr<WebSocket> socket) : socket_(std::move(socket)) {}

    Awaitable<Result<std::size_t>> read_some(std::span<char> buffer) override {
        while (at_ == message_.size()) {
            auto message = co_await socket_->receive();
            if (!message) co_return message.error();
            if (!*message) co_return std::size_t{0};
            message_ = std::move(**message);
            at_ = 0;
        }
        const auto size = std::min(buffer.size(), message_.size() - at_);
        std::copy_n(message_.begin() + static_cast<std::ptrdiff_t>(at_), size, buffer.begin());
        at_ += size;
        co_return size;
    }
    Awaitable<Result<void>> write(std::string data) override {
        co_return co_await socket_->send(std::move(data));
    }
    Awaitable<void> close_write() override { co_await socket_->close({}); }
    void close() override { socket_->abort(); }

private:
    std::unique_ptr<WebSocket> socket_;
    std::string message_;
    std::size_t at_ = 0;
};

}  // namespace

bool asks_for_websocket(const Request& request) {
    return lists(request.headers, "Connection", "Upgrade") &&
           lists(request.headers, "Upgrade", "websocket");
}

std::vector<std::string> offered_subprotocols(const Request& request) {
    return list_in(request.headers, "Sec-WebSocket-Protocol");
}

Result<Headers> accept_websocket(const Request& request, const std::string& subprotocol) {
    const auto key = request.headers.find("Sec-WebSocket-Key").value_or(std::string_view());
    const auto decoded = base64_decode(key);
    if (request.method != Method::Get || !decoded || decoded->size() != 16)
        return Error{Reason::BadRequest, "the websocket handshake has no valid key"};
    if (request.headers.find("Sec-WebSocket-Version") != "13")
        return Error{Reason::BadRequest, "only version 13 of websocket is spoken here"};
    Headers headers = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Accept", accept_key(key)}};
    if (!subprotocol.empty()) headers.add("Sec-WebSocket-Protocol", subprotocol);
    return headers;
}

void ask_for_websocket(Request& request, const std::string& subprotocol) {
    request.headers.set("Sec-WebSocket-Version", "13");
    request.headers.set("Sec-WebSocket-Key", base64_encode(random_bytes(16)));
    request.headers.set("Sec-WebSocket-Protocol", subprotocol);
}

WebSocket::WebSocket(
    boost::asio::any_io_executor executor, std::unique_ptr<ByteStream> stream, Role role)
    : stream_(std::move(stream)),
      role_(role),
      parser_(role == Role::Server, kMaxMessage),
      writing_(std::move(executor)) {}

Awaitable<Result<void>> WebSocket::send_frame(Opcode opcode, std::string payload) {
    const auto lock = co_await writing_.lock();
    if (close_sent_) co_return Error{Reason::ServiceUnavailable, "the websocket is closed"};
    if (opcode == Opcode::Close) close_sent_ = true;
    std::optional<FrameMask> mask;
    if (role_ == Role::Client) mask = random_mask();
    co_return co_await stream_->write(format_frame({true, opcode, std::move(payload)}, mask));
}

Awaitable<Result<void>> WebSocket::send(std::string message) {
    return send_frame(Opcode::Binary, std::move(message));
}

Awaitable<Result<void>> WebSocket::send_text(std::string message) {
    return send_frame(Opcode::Text, std::move(message));
}

Awaitable<Result<void>> WebSocket::ping() {
    return send_frame(Opcode::Ping, {});
}

Awaitable<Result<WebSocketFrame>> WebSocket::next_frame() {
    std::string buffer;
    while (true) {
        auto frame = parser_.next();
        if (!frame) co_return frame.error();
        if (*frame) co_return std::move(**frame);
        buffer.resize(kReceiveStep);
        const auto size = co_await stream_->read_some(buffer);
        if (!size) co_return size.error();
        if (*size == 0) co_return Error{Reason::ServiceUnavailable, "the connection has ended"};
        parser_.put(std::string_view(buffer).substr(0, *size));
    }
}

/// True if a message is complete.
Result<bool> WebSocket::add(WebSocketFrame frame) {
    if ((frame.opcode == Opcode::Continuation) != in_message_)
        return Error{Reason::BadRequest, "websocket: pieces of messages are mixed up"};
    if (message_.size() + frame.payload.size() > kMaxMessage)
        return Error{Reason::RequestEntityTooLarge, "websocket: a message is too long"};
    in_message_ = !frame.last;
    message_ += frame.payload;
    return frame.last;
}

/// False when it was the end.
Awaitable<Result<bool>> WebSocket::answer_control(WebSocketFrame frame) {
    if (frame.opcode == Opcode::Close) {
        auto reason = parse_close(frame.payload);
        if (!reason) co_return reason.error();
        peer_close_ = std::move(*reason);
        if (!close_sent_) {
            // Whoever is gone already needs no answer.
            (void)co_await send_frame(Opcode::Close, std::move(frame.payload));
        }
        co_return false;
    }
    if (frame.opcode == Opcode::Ping) {
        auto sent = co_await send_frame(Opcode::Pong, std::move(frame.payload));
        if (!sent && !close_sent_) co_return sent.error();
    }
    co_return true;
}

Awaitable<Error> WebSocket::fail(Error error) {
    if (error.reason != Reason::ServiceUnavailable && !close_sent_) {
        (void)co_await send_frame(Opcode::Close, format_close({close_code_of(error), {}}));
        stream_->close();
    }
    co_return error;
}

Awaitable<Result<std::optional<std::string>>> WebSocket::receive() {
    if (peer_close_) co_return std::optional<std::string>();
    while (true) {
        auto frame = co_await next_frame();
        if (!frame) co_return co_await fail(frame.error());
        Result<bool> done = false;
        if (is_control(frame->opcode)) {
            auto goes_on = co_await answer_control(std::move(*frame));
            if (!goes_on) co_return co_await fail(goes_on.error());
            if (!*goes_on) co_return std::optional<std::string>();
            continue;
        }
        done = add(std::move(*frame));
        if (!done) co_return co_await fail(done.error());
        if (*done) co_return std::optional<std::string>(std::exchange(message_, {}));
    }
}

Awaitable<> WebSocket::drain() {
    while (!peer_close_) {
        auto message = co_await receive();
        if (!message) co_return;
    }
}

Awaitable<> WebSocket::close(CloseReason reason, std::chrono::seconds patience) {
    auto said = co_await send_frame(Opcode::Close, format_close(reason));
    if (said) co_await (drain() || sleep_for(patience));
    stream_->close();
}

Awaitable<> WebSocket::say_goodbye(CloseReason reason) {
    const auto said = co_await send_frame(Opcode::Close, format_close(reason));
    if (!said) stream_->close();
}

std::unique_ptr<ByteStream> make_websocket_byte_stream(std::unique_ptr<WebSocket> socket) {
    return std::make_unique<WebSocketByteStream>(std::move(socket));
}

}  // namespace picket::http
