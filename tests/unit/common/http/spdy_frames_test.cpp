#include "common/http/spdy_frames.hpp"

#include "common/http/channel_frames.hpp"
#include "common/http/detail/spdy_dictionary.hpp"
#include "tests/unit/common/http/collect_frames.hpp"

#include <catch2/catch.hpp>

#include <zlib.h>

using namespace picket;
using namespace picket::http;
using picket::testing::collect_frames;
using namespace std::string_literals;

using Type = SpdyFrame::Type;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("SPDY: the dictionary is the standard's", "[spdy]") {
    const auto& text = detail::spdy_dictionary();
    CHECK(text.size() == 1423);
    const auto* bytes = reinterpret_cast<const Bytef*>(text.data());
    CHECK(adler32(adler32(0, nullptr, 0), bytes, static_cast<uInt>(text.size())) == 0xe3c6a7c2);
}

TEST_CASE("SPDY: frames come back as they were sent, cut anywhere", "[spdy]") {
    const auto step = GENERATE(1U, 3U, 1000U);
    CAPTURE(step);
    const Pairs error = {{"port", "8080"}, {"requestid", "0"}, {"streamtype", "error"}};
    const Pairs data = {{"port", "8080"}, {"requestid", "0"}, {"streamtype", "data"}};
    SpdyFormatter formatter;
    auto bytes =
        formatter.format({.type = Type::SynStream, .id = 1, .last = true, .headers = error});
    CHECK(bytes.substr(18, 6) == "\x78\xf9\xe3\xc6\xa7\xc2"s);  // as other implementations begin
    bytes += formatter.format({.type = Type::SynStream, .id = 3, .headers = data});
    bytes += formatter.format({.type = Type::SynReply, .id = 1});
    bytes += formatter.format({.id = 3, .bytes = "hello"});
    bytes += formatter.format({.id = 3, .last = true});
    bytes += formatter.format({.type = Type::Reset, .id = 3, .status = 5});
    bytes += formatter.format({.type = Type::Ping, .id = 7});
    bytes += "\x80\x03\x00\x04\x00\x00\x00\x04\x00\x00\x00\x00"s;  // SETTINGS
    bytes += formatter.format({.type = Type::GoAway});
    SpdyParser parser;
    const auto frames = collect_frames(parser, bytes, step);
    REQUIRE(frames.size() == 9);
    CHECK(frames[0].last);
    CHECK((frames[0].headers == error));
    CHECK((frames[1].headers == data));
    CHECK_FALSE(frames[1].last);
    CHECK(frames[2].type == Type::SynReply);
    CHECK(frames[3].bytes == "hello");
    CHECK((frames[4].last && frames[4].bytes.empty()));
    CHECK(frames[5].status == 5);
    CHECK(frames[6].id == 7);
    CHECK(frames[7].type == Type::Ignored);
    CHECK(frames[8].type == Type::GoAway);
}

TEST_CASE("SPDY: what is no frame is refused", "[spdy]") {
    const auto bytes = GENERATE(
        "\x80\x02\x00\x06\x00\x00\x00\x04\x00\x00\x00\x01"s,  // another version
        "\x80\x03\x00\x06\x00\x00\x00\x02\x00\x01"s,          // a ping without its number
        "\x80\x03\x00\x01\x00\x00\x00\x0a\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"s,  // no headers
        "\x80\x03\x00\x01\x00\x00\x00\x0e\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00junk"s,
        "\x00\x00\x00\x01\x00\xff\xff\xff"s);  // too long
    SpdyParser parser;
    parser.put(bytes);
    CHECK_FALSE(parser.next().has_value());
}

TEST_CASE("SPDY: headers that unpack to too much are refused", "[spdy]") {
    SpdyFormatter formatter;
    const Pairs large = {{"x", std::string(kMaxSpdyHeaders, 'x')}};
    const auto bytes = formatter.format({.type = Type::SynStream, .id = 1, .headers = large});
    REQUIRE(bytes.size() < 10'000);
    SpdyParser parser;
    parser.put(bytes);
    CHECK_FALSE(parser.next().has_value());
}

TEST_CASE("Channel frames come back as they were sent, cut anywhere", "[channels]") {
    const auto step = GENERATE(1U, 4U, 100'000U);
    const auto bytes = format_channel_frame({Channel::Stdin, "abc"}) +
                       format_channel_frame({Channel::Stdin, ""}) +
                       format_channel_frame({Channel::Resize, std::string(70'000, 'r')});
    ChannelFrameParser parser;
    const auto frames = collect_frames(parser, bytes, step);
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].bytes == "abc");
    CHECK(frames[1].bytes.empty());
    CHECK(frames[2].bytes.size() == 70'000);
}

TEST_CASE("Channel frames of an unknown channel, or too long, are refused", "[channels]") {
    const auto bytes = GENERATE("\x05\x00\x00\x00\x00"s, "\x01\x7f\x00\x00\x00"s);
    ChannelFrameParser parser;
    parser.put(bytes);
    CHECK_FALSE(parser.next().has_value());
}
