#include "common/client/pod_command.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::client {
namespace {

constexpr const char* kCommandProtocol = "v5.channel.k8s.io";
constexpr const char* kPortProtocol = "v4.channel.k8s.io";

Awaitable<Result<std::unique_ptr<http::ByteStream>>> upgrade_to(
    ApiClient& api, std::string target, const char* protocol) {
    http::Request request;
    request.target = std::move(target);
    http::ask_for_websocket(request, protocol);
    return api.upgrade(std::move(request), "websocket");
}

/// Channel 0 carries the data, channel 1 what went wrong; each begins with the port's number.
class PodPort final : public http::ByteStream {
public:
    PodPort(boost::asio::any_io_executor executor, std::unique_ptr<http::ByteStream> bytes)
        : socket_(std::move(executor), std::move(bytes), http::WebSocket::Role::Client) {}

    Awaitable<Result<std::size_t>> read_some(std::span<char> buffer) override {
        while (at_ == data_.size()) {
            auto message = co_await socket_.receive();
            if (!message) co_return message.error();
            if (!*message) co_return std::size_t{0};
            auto failure = take(std::move(**message));
            if (!failure) co_return failure.error();
        }
        const auto size = std::min(buffer.size(), data_.size() - at_);
        std::copy_n(data_.begin() + static_cast<std::ptrdiff_t>(at_), size, buffer.begin());
        at_ += size;
        co_return size;
    }
    Awaitable<Result<void>> write(std::string data) override {
        data.insert(data.begin(), '\0');
        co_return co_await socket_.send(std::move(data));
    }
    /// The protocol cannot say it; the end of the connection does.
    Awaitable<void> close_write() override { co_return; }
    void close() override { socket_.abort(); }

private:
    Result<void> take(std::string message) {
        if (message.empty()) return Ok();
        const auto channel = static_cast<unsigned char>(message.front());
        if (channel > 1) return Ok();
        auto& greeted = greeted_[channel];
        const std::size_t skipped = greeted ? 1 : 3;
        greeted = true;
        if (channel == 1 && message.size() > skipped)
            return Error{Reason::InternalError, message.substr(skipped)};
        if (channel == 0 && message.size() > skipped) {
            data_ = std::move(message);
            at_ = skipped;
        }
        return Ok();
    }

    http::WebSocket socket_;
    bool greeted_[2] = {false, false};
    std::string data_;
    std::size_t at_ = 0;
};

}  // namespace

Awaitable<Result<std::unique_ptr<PodCommand>>> PodCommand::open(
    ApiClient& api, std::string target) {
    auto bytes = co_await upgrade_to(api, std::move(target), kCommandProtocol);
    if (!bytes) co_return bytes.error();
    co_return std::make_unique<PodCommand>(api.executor(), std::move(*bytes));
}

Awaitable<Result<std::optional<http::ChannelFrame>>> PodCommand::receive() {
    while (true) {
        auto message = co_await socket_.receive();
        if (!message) co_return message.error();
        if (!*message) co_return std::optional<http::ChannelFrame>();
        auto& bytes = **message;
        if (bytes.size() < 2) continue;
        const auto channel = static_cast<http::Channel>(bytes.front());
        bytes.erase(0, 1);
        co_return std::optional(http::ChannelFrame{channel, std::move(bytes)});
    }
}

Awaitable<Result<void>> PodCommand::send(std::string input) {
    input.insert(input.begin(), static_cast<char>(http::Channel::Stdin));
    return socket_.send(std::move(input));
}

Awaitable<Result<void>> PodCommand::end_input() {
    return socket_.send({'\xff', static_cast<char>(http::Channel::Stdin)});
}

Awaitable<Result<void>> PodCommand::resize(int width, int height) {
    auto text = fmt::format(R"({{"Width":{},"Height":{}}})", width, height);
    text.insert(text.begin(), static_cast<char>(http::Channel::Resize));
    return socket_.send(std::move(text));
}

Awaitable<Result<std::unique_ptr<http::ByteStream>>> open_pod_port(
    ApiClient& api, Target pod, std::uint16_t port) {
    pod.subresource = "portforward";
    auto bytes =
        co_await upgrade_to(api, fmt::format("{}?ports={}", pod.path(), port), kPortProtocol);
    if (!bytes) co_return bytes.error();
    co_return std::make_unique<PodPort>(api.executor(), std::move(*bytes));
}

}  // namespace picket::client
