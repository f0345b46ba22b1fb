#include "nodeagent/pod/grpc_health.hpp"

#include "common/async/loop_clock.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <array>
#include <memory>
#include <nghttp2/nghttp2.h>
#include <string_view>
#include <vector>

namespace picket::nodeagent {
namespace {

using boost::asio::ip::tcp;

constexpr std::size_t kMaxAnswer = 4096;
constexpr std::size_t kFrameHead = 5;  // a flag and a length before each gRPC message
constexpr char kServing = 1;

Error grpc_error(std::string message) {
    return Error{.reason = Reason::InternalError, .message = std::move(message)};
}

/// HealthCheckRequest{service = 1} behind its gRPC head.
std::string request_message(const std::string& service) {
    std::string body;
    if (!service.empty()) {
        body += '\x0a';
        for (auto rest = service.size(); true; rest >>= 7U) {
            body += static_cast<char>((rest & 0x7fU) | (rest > 0x7f ? 0x80U : 0U));
            if (rest <= 0x7f) break;
        }
        body += service;
    }
    std::string message(1, '\0');
    for (int shift = 24; shift >= 0; shift -= 8)
        message += static_cast<char>(body.size() >> static_cast<unsigned>(shift));
    return message + body;
}

nghttp2_nv header(std::string_view name, std::string_view value) {
    // The library copies both and changes neither.
    const auto bytes = [](std::string_view text) {
        return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
    };
    return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

/// One HTTP/2 connection with one call: bytes in, bytes out, no I/O.
class HealthCall {
public:
    HealthCall(std::string authority, const std::string& service)
        : authority_(std::move(authority)), message_(request_message(service)) {
        nghttp2_session_callbacks* callbacks = nullptr;
        nghttp2_session_callbacks_new(&callbacks);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, &on_header);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &on_data);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &on_close);
        nghttp2_session* session = nullptr;
        nghttp2_session_client_new(&session, callbacks, this);
        nghttp2_session_callbacks_del(callbacks);
        session_.reset(session);
        nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
        submit();
    }
    HealthCall(const HealthCall&) = delete;
    HealthCall& operator=(const HealthCall&) = delete;

    [[nodiscard]] bool done() const { return done_; }

    /// What goes to the server next.
    std::string output() {
        std::string bytes;
        const std::uint8_t* data = nullptr;
        for (auto n = nghttp2_session_mem_send(session_.get(), &data); n > 0;
             n = nghttp2_session_mem_send(session_.get(), &data))
            bytes.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(n));
        return bytes;
    }

    Result<void> input(std::string_view bytes) {
        const auto taken = nghttp2_session_mem_recv(
            session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        if (taken < 0) return grpc_error("the answer is not HTTP/2");
        return Ok();
    }

    [[nodiscard]] Result<void> verdict() const {
        if (status_ == "12")
            return grpc_error("this server does not implement the grpc health protocol");
        if (!status_.empty() && status_ != "0")
            return grpc_error(fmt::format("grpc status {} {}", status_, message_text_));
        const bool serving = answer_.size() >= kFrameHead + 2 && answer_[kFrameHead] == '\x08' &&
                             answer_[kFrameHead + 1] == kServing;
        if (serving) return Ok();
        return grpc_error("service unhealthy (responded with \"NOT_SERVING\")");
    }

private:
    struct Delete {
        void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
    };

    void submit() {
        const std::array headers{
            header(":method", "POST"),
            header(":scheme", "http"),
            header(":path", "/grpc.health.v1.Health/Check"),
            header(":authority", authority_),
            header("content-type", "application/grpc"),
            header("te", "trailers"),
            header("user-agent", "kube-probe/1.32")};
        nghttp2_data_provider provider{};
        provider.read_callback = &read_message;
        nghttp2_submit_request(
            session_.get(), nullptr, headers.data(), headers.size(), &provider, nullptr);
    }

    static HealthCall& self(void* user) { return *static_cast<HealthCall*>(user); }

    static ssize_t read_message(
        nghttp2_session*,
        std::int32_t,
        std::uint8_t* buffer,
        std::size_t length,
        std::uint32_t* flags,
        nghttp2_data_source*,
        void* user) {
        auto& call = self(user);
        const auto count = call.message_.copy(reinterpret_cast<char*>(buffer), length, call.sent_);
        call.sent_ += count;
        if (call.sent_ == call.message_.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(count);
    }

    static int on_header(
        nghttp2_session*,
        const nghttp2_frame*,
        const std::uint8_t* name,
        std::size_t name_length,
        const std::uint8_t* value,
        std::size_t value_length,
        std::uint8_t,
        void* user) {
        const std::string_view key(reinterpret_cast<const char*>(name), name_length);
        const std::string_view text(reinterpret_cast<const char*>(value), value_length);
        if (key == "grpc-status") self(user).status_ = text;
        if (key == "grpc-message") self(user).message_text_ = text.substr(0, 256);
        return 0;
    }

    static int on_data(
        nghttp2_session*,
        std::uint8_t,
        std::int32_t,
        const std::uint8_t* data,
        std::size_t length,
        void* user) {
        auto& answer = self(user).answer_;
        if (answer.size() + length <= kMaxAnswer)
            answer.append(reinterpret_cast<const char*>(data), length);
        return 0;
    }

    static int on_close(nghttp2_session*, std::int32_t, std::uint32_t, void* user) {
        self(user).done_ = true;
        return 0;
    }

    std::string authority_;
    std::string message_;
    std::size_t sent_ = 0;
    std::string answer_;
    std::string status_;
    std::string message_text_;
    bool done_ = false;
    std::unique_ptr<nghttp2_session, Delete> session_;
};

Awaitable<Result<void>> talk(
    std::shared_ptr<tcp::socket> socket, std::shared_ptr<HealthCall> call) {
    std::vector<char> buffer(4096);
    while (!call->done()) {
        const auto output = call->output();
        if (!output.empty()) {
            auto [error, count] =
                co_await boost::asio::async_write(*socket, boost::asio::buffer(output), as_result);
            if (error) co_return grpc_error(error.message());
        }
        auto [error, count] =
            co_await socket->async_read_some(boost::asio::buffer(buffer), as_result);
        if (error) co_return grpc_error(error.message());
        if (auto taken = call->input({buffer.data(), count}); !taken) co_return taken;
    }
    co_return call->verdict();
}

}  // namespace

Awaitable<Result<void>> check_grpc_health(
    boost::asio::any_io_executor executor,
    tcp::endpoint endpoint,
    std::string service,
    std::chrono::milliseconds timeout) {
    auto socket = std::make_shared<tcp::socket>(executor);
    Timer deadline(executor, timeout);
    // The handler may run after this frame is gone: it shares the socket.
    deadline.async_wait([socket](boost::system::error_code cancelled) {
        boost::system::error_code ignored;  // an already closed socket is what is wanted
        if (!cancelled) socket->close(ignored);
    });
    const auto where = fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
    auto [error] = co_await socket->async_connect(endpoint, as_result);
    if (error)
        co_return grpc_error(
            fmt::format("failed to connect service \"{}\": {}", where, error.message()));
    auto answered = co_await talk(socket, std::make_shared<HealthCall>(where, service));
    if (!socket->is_open())
        co_return grpc_error(fmt::format(
            "timeout: no answer of service \"{}\" within {}ms", where, timeout.count()));
    co_return answered;
}

}  // namespace picket::nodeagent
