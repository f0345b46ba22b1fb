#include "common/http/websocket_frames.hpp"

#include "common/http/websocket.hpp"
#include "tests/unit/common/http/collect_frames.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::http;
using picket::testing::collect_frames;

namespace {

constexpr FrameMask kMask = {'\x01', '\x7f', '\x00', '\xff'};

}  // namespace

TEST_CASE("WebSocket: frames come back as they were sent, cut anywhere", "[websocket]") {
    const auto size = GENERATE(0U, 1U, 125U, 126U, 65535U, 65536U, 100'000U);
    const auto step = GENERATE(1U, 7U, 4096U, 1'000'000U);
    const bool masked = GENERATE(true, false);
    if (step == 1 && size > 1000) return;  // says nothing new
    CAPTURE(size, step, masked);
    std::string payload(size, 'x');
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(i * 31);
    const std::optional<FrameMask> mask = masked ? std::optional(kMask) : std::nullopt;
    const auto bytes = format_frame({true, Opcode::Binary, payload}, mask) +
                       format_frame({false, Opcode::Text, "a"}, mask) +
                       format_frame({true, Opcode::Ping, "p"}, mask);
    FrameParser parser(masked, 1U << 20U);
    const auto frames = collect_frames(parser, bytes, step);
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].payload == payload);
    CHECK(frames[1].payload == "a");
    CHECK_FALSE(frames[1].last);
    CHECK(frames[2].opcode == Opcode::Ping);
}

TEST_CASE("WebSocket: what is no frame is refused", "[websocket]") {
    using namespace std::string_literals;
    struct Row {
        const char* name;
        std::string bytes;
        Reason reason;
    };
    const auto row = GENERATE(
        Row{"not masked", "\x82\x01x"s, Reason::BadRequest},
        Row{"reserved bit", "\xc2\x80"s, Reason::BadRequest},
        Row{"unknown opcode", "\x83\x80"s, Reason::BadRequest},
        Row{"unknown control opcode", "\x8b\x80"s, Reason::BadRequest},
        Row{"long ping", "\x89\xfe"s, Reason::BadRequest},
        Row{"ping in pieces", "\x09\x80"s, Reason::BadRequest},
        Row{"too long", "\x82\xfe\x04\x01"s, Reason::RequestEntityTooLarge},
        Row{"absurdly long",
            "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff"s,
            Reason::RequestEntityTooLarge});
    CAPTURE(row.name);
    FrameParser parser(true, 1024);
    parser.put(row.bytes);
    const auto frame = parser.next();
    REQUIRE_FALSE(frame.has_value());
    CHECK(frame.error().reason == row.reason);
}

TEST_CASE("WebSocket: a close frame has a code, or none", "[websocket]") {
    CHECK(parse_close("")->code == 1005);
    CHECK(parse_close(format_close({1000, "bye"}))->text == "bye");
    CHECK(parse_close(format_close({1009, std::string(500, 'x')}))->text.size() == 123);
    CHECK_FALSE(parse_close("\x03").has_value());
}

TEST_CASE("WebSocket: the handshake of the standard's example", "[websocket]") {
    Request request;
    request.headers = {
        {"Connection", "keep-alive, Upgrade"},
        {"Upgrade", "websocket"},
        {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
        {"Sec-WebSocket-Version", "13"},
        {"Sec-WebSocket-Protocol", "v5.channel.k8s.io,v4.channel.k8s.io"},
        {"Sec-WebSocket-Protocol", "channel.k8s.io"}};
    CHECK(asks_for_websocket(request));
    CHECK(
        offered_subprotocols(request) ==
        std::vector<std::string>{"v5.channel.k8s.io", "v4.channel.k8s.io", "channel.k8s.io"});
    const auto accepted = accept_websocket(request, "v4.channel.k8s.io");
    REQUIRE(accepted.has_value());
    CHECK(accepted->find("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(accepted->find("Sec-WebSocket-Protocol") == "v4.channel.k8s.io");

    request.headers.set("Sec-WebSocket-Version", "8");
    CHECK_FALSE(accept_websocket(request, {}).has_value());
    request.headers.set("Sec-WebSocket-Version", "13");
    request.headers.set("Sec-WebSocket-Key", "c2hvcnQ=");
    CHECK_FALSE(accept_websocket(request, {}).has_value());
}
