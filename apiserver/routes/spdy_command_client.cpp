#include "apiserver/routes/command_client.hpp"
#include "common/api/status.hpp"
#include "common/async/timing.hpp"
#include "common/http/spdy_session.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <map>

namespace picket::apiserver {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using http::Channel;
using http::ChannelFrame;

/// A client opens its streams one after the other, each after the answer to the one before.
constexpr std::chrono::seconds kOpenStreams = 30s;
constexpr std::chrono::seconds kGoodbye = 5s;

std::optional<Channel> channel_named(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, Channel>, 5> kNames = {{
        {"stdin", Channel::Stdin},
        {"stdout", Channel::Stdout},
        {"stderr", Channel::Stderr},
        {"error", Channel::Status},
        {"resize", Channel::Resize},
    }};
    const auto* const found =
        std::ranges::find(kNames, name, &std::pair<std::string_view, Channel>::first);
    return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

class SpdyCommandClient final : public CommandClient {
public:
    SpdyCommandClient(
        boost::asio::any_io_executor executor,
        std::unique_ptr<http::ByteStream> bytes,
        CommandStreams streams)
        : session_(std::move(executor), std::move(bytes)),
          expected_(1U + streams.input + streams.output + streams.errors + streams.tty) {}

    Awaitable<Result<void>> begin() override {
        auto opened = co_await (open_streams() || sleep_for(kOpenStreams));
        if (opened.index() == 0) co_return std::get<0>(std::move(opened));
        co_return Error{Reason::Timeout, "the client did not open its streams in time"};
    }

    Awaitable<Result<std::optional<ChannelFrame>>> receive() override {
        while (ready_.empty()) {
            auto frame = co_await session_.receive();
            if (!frame) co_return frame.error();
            if (!*frame) co_return std::optional<ChannelFrame>();
            auto taken = co_await take(std::move(**frame));
            if (!taken) co_return taken.error();
        }
        auto frame = std::move(ready_.front());
        ready_.pop_front();
        co_return std::optional(std::move(frame));
    }

    Awaitable<Result<void>> send(ChannelFrame frame) override {
        const auto stream = ids_.find(frame.channel);
        if (stream == ids_.end()) co_return Ok();  // the client does not want it
        co_return co_await session_.send(stream->second, std::move(frame.bytes), false);
    }

    Awaitable<> finish(Json status) override {
        const bool said = co_await say_end(status.dump());
        if (said) co_await (drain() || sleep_for(kGoodbye));
        session_.close();
    }

private:
    Awaitable<Result<void>> open_streams() {
        while (ids_.size() < expected_) {
            auto frame = co_await session_.receive();
            if (!frame) co_return frame.error();
            if (!*frame)
                co_return Error{Reason::ServiceUnavailable, "the client opened no streams"};
            auto taken = co_await take(std::move(**frame));
            if (!taken) co_return taken;
        }
        co_return Ok();
    }

    Awaitable<Result<void>> take(http::SpdyFrame frame) {
        if (frame.type == http::SpdyFrame::Type::SynStream)
            co_return co_await open(std::move(frame));
        const auto channel = channels_.find(frame.id);
        if (channel == channels_.end() || frame.type != http::SpdyFrame::Type::Data) co_return Ok();
        if (!frame.bytes.empty()) ready_.push_back({channel->second, std::move(frame.bytes)});
        if (frame.last && channel->second == Channel::Stdin) ready_.push_back({Channel::Stdin, {}});
        co_return Ok();
    }

    Awaitable<Result<void>> open(http::SpdyFrame frame) {
        const auto type = std::ranges::find(
            frame.headers, "streamtype", &std::pair<std::string, std::string>::first);
        const auto channel =
            type == frame.headers.end() ? std::nullopt : channel_named(type->second);
        if (!channel || ids_.contains(*channel)) co_return co_await session_.reset(frame.id);
        ids_[*channel] = frame.id;
        channels_[frame.id] = *channel;
        co_return co_await session_.reply(frame.id);
    }

    Awaitable<bool> say_end(std::string status) {
        for (const auto channel : {Channel::Stdout, Channel::Stderr}) {
            const auto stream = ids_.find(channel);
            if (stream == ids_.end()) continue;
            const auto sent = co_await session_.send(stream->second, {}, true);
            if (!sent) co_return false;
        }
        const auto stream = ids_.find(Channel::Status);
        if (stream == ids_.end()) co_return false;
        const auto sent = co_await session_.send(stream->second, std::move(status), true);
        co_return sent.has_value();
    }

    Awaitable<> drain() {
        while (true) {
            const auto frame = co_await session_.receive();
            if (!frame || !*frame) co_return;
        }
    }

    http::SpdySession session_;
    std::size_t expected_;
    std::map<Channel, std::uint32_t> ids_;
    std::map<std::uint32_t, Channel> channels_;
    std::deque<ChannelFrame> ready_;
};

}  // namespace

std::unique_ptr<CommandClient> make_spdy_command_client(
    boost::asio::any_io_executor executor,
    std::unique_ptr<http::ByteStream> bytes,
    CommandStreams streams) {
    return std::make_unique<SpdyCommandClient>(std::move(executor), std::move(bytes), streams);
}

}  // namespace picket::apiserver
