#include "common/http/spdy_frames.hpp"

#include "common/base/big_endian.hpp"
#include "common/http/detail/spdy_dictionary.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <zlib.h>

namespace picket::http {
namespace {

using SpdyType = SpdyFrame::Type;

constexpr std::uint16_t kSpdyVersion = 0x8003;
constexpr std::size_t kSpdyHeader = 8;
constexpr std::uint8_t kFlagLast = 1;

enum Code : std::uint16_t { kSynStream = 1, kSynReply = 2, kReset = 3, kPing = 6, kGoAway = 7 };

Error no_spdy(const char* why) {
    return {Reason::BadRequest, std::string("spdy: ") + why};
}

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
    return static_cast<std::uint32_t>(big_endian_at(bytes, at, size));
}

std::string control_frame(Code code, bool last, const std::string& payload) {
    std::string out;
    out.reserve(kSpdyHeader + payload.size());
    append_big_endian(out, kSpdyVersion, 2);
    append_big_endian(out, code, 2);
    append_big_endian(out, last ? kFlagLast : 0, 1);
    append_big_endian(out, static_cast<std::uint32_t>(payload.size()), 3);
    return out += payload;
}

std::string data_frame(const SpdyFrame& frame) {
    std::string out;
    out.reserve(kSpdyHeader + frame.bytes.size());
    append_big_endian(out, frame.id, 4);
    append_big_endian(out, frame.last ? kFlagLast : 0, 1);
    append_big_endian(out, static_cast<std::uint32_t>(frame.bytes.size()), 3);
    return out += frame.bytes;
}

std::string plain_headers(const SpdyFrame& frame) {
    std::string block;
    append_big_endian(block, static_cast<std::uint32_t>(frame.headers.size()), 4);
    for (const auto& [name, value] : frame.headers) {
        for (const auto* text : {&name, &value}) {
            append_big_endian(block, static_cast<std::uint32_t>(text->size()), 4);
            block += *text;
        }
    }
    return block;
}

/// One text with its length before it; nothing if the block ends before.
std::optional<std::string> take_text(std::string_view& block) {
    if (block.size() < 4) return std::nullopt;
    const auto size = number_at(block, 0, 4);
    if (block.size() - 4 < size) return std::nullopt;
    std::string text(block.substr(4, size));
    block.remove_prefix(4 + size);
    return text;
}

Result<void> split_headers(std::string_view block, SpdyFrame& frame) {
    if (block.size() < 4) return no_spdy("a header block without a count");
    const auto count = number_at(block, 0, 4);
    block.remove_prefix(4);
    for (std::uint32_t i = 0; i < count; ++i) {
        auto name = take_text(block);
        auto value = name ? take_text(block) : std::nullopt;
        if (!value) return no_spdy("a header block that ends too early");
        frame.headers.emplace_back(std::move(*name), std::move(*value));
    }
    return Ok();
}

Bytef* zlib_bytes(const char* text) {
    // zlib does not write to its input, but does not say so.
    return reinterpret_cast<Bytef*>(const_cast<char*>(text));
}

void set_input(z_stream& stream, std::string_view input) {
    stream.next_in = zlib_bytes(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
}

}  // namespace

struct SpdyFormatter::Deflate {
    Deflate() {
        const auto& dictionary = detail::spdy_dictionary();
        const auto begun = deflateInit(&stream, Z_BEST_COMPRESSION);
        if (begun != Z_OK) throw std::runtime_error("zlib: cannot begin to compress");
        deflateSetDictionary(
            &stream, zlib_bytes(dictionary.data()), static_cast<uInt>(dictionary.size()));
    }
    ~Deflate() { deflateEnd(&stream); }
    Deflate(const Deflate&) = delete;
    Deflate& operator=(const Deflate&) = delete;

    std::string pack(std::string_view block) {
        std::string out;
        std::array<char, 4096> piece{};
        set_input(stream, block);
        do {
            stream.next_out = zlib_bytes(piece.data());
            stream.avail_out = static_cast<uInt>(piece.size());
            deflate(&stream, Z_SYNC_FLUSH);
            out.append(piece.data(), piece.size() - stream.avail_out);
        } while (stream.avail_out == 0);
        return out;
    }

    z_stream stream{};
};

struct SpdyParser::Inflate {
    Inflate() {
        if (inflateInit(&stream) != Z_OK) throw std::runtime_error("zlib: cannot begin to inflate");
    }
    ~Inflate() { inflateEnd(&stream); }
    Inflate(const Inflate&) = delete;
    Inflate& operator=(const Inflate&) = delete;

    Result<std::string> unpack(std::string_view block) {
        std::string out;
        std::array<char, 4096> piece{};
        set_input(stream, block);
        do {
            stream.next_out = zlib_bytes(piece.data());
            stream.avail_out = static_cast<uInt>(piece.size());
            const auto code = step();
            out.append(piece.data(), piece.size() - stream.avail_out);
            if (code == Z_BUF_ERROR) break;  // nothing is left to do
            if (code != Z_OK) return no_spdy("a header block that cannot be unpacked");
            if (out.size() > kMaxSpdyHeaders) return no_spdy("a header block that is too long");
        } while (stream.avail_in > 0 || stream.avail_out == 0);
        return out;
    }

    int step() {
        const auto code = inflate(&stream, Z_SYNC_FLUSH);
        if (code != Z_NEED_DICT) return code;
        const auto& dictionary = detail::spdy_dictionary();
        const auto set = inflateSetDictionary(
            &stream, zlib_bytes(dictionary.data()), static_cast<uInt>(dictionary.size()));
        return set == Z_OK ? inflate(&stream, Z_SYNC_FLUSH) : set;
    }

    z_stream stream{};
};

SpdyFormatter::SpdyFormatter() : deflate_(std::make_unique<Deflate>()) {}
SpdyFormatter::~SpdyFormatter() = default;

std::string SpdyFormatter::format(const SpdyFrame& frame) {
    std::string payload;
    append_big_endian(payload, frame.id, 4);
    switch (frame.type) {
        case SpdyType::SynStream:
            payload.append(4, '\0');  // of no other stream
            payload.append(2, '\0');  // no priority, no slot
            payload += deflate_->pack(plain_headers(frame));
            return control_frame(kSynStream, frame.last, payload);
        case SpdyType::SynReply:
            payload += deflate_->pack(plain_headers(frame));
            return control_frame(kSynReply, frame.last, payload);
        case SpdyType::Reset:
            append_big_endian(payload, frame.status, 4);
            return control_frame(kReset, false, payload);
        case SpdyType::Ping:
            return control_frame(kPing, false, payload);
        case SpdyType::GoAway:
            append_big_endian(payload, frame.status, 4);
            return control_frame(kGoAway, false, payload);
        case SpdyType::Data:
        case SpdyType::Ignored:
            break;
    }
    return data_frame(frame);
}

SpdyParser::SpdyParser() : inflate_(std::make_unique<Inflate>()) {}
SpdyParser::~SpdyParser() = default;

Result<std::optional<SpdyFrame>> SpdyParser::next() {
    const auto pending = input_.pending();
    if (pending.size() < kSpdyHeader) return std::optional<SpdyFrame>();
    const auto length = number_at(pending, 5, 3);
    if (length > kMaxSpdyFrame) return no_spdy("a frame is too long");
    if (pending.size() < kSpdyHeader + length) return std::optional<SpdyFrame>();
    input_.take(kSpdyHeader + length);
    const auto whole = pending.substr(0, kSpdyHeader + length);
    if ((static_cast<unsigned char>(whole.front()) & 0x80U) == 0) {
        SpdyFrame data;
        data.id = number_at(whole, 0, 4);
        data.last = (static_cast<unsigned char>(whole[4]) & kFlagLast) != 0;
        data.bytes = whole.substr(kSpdyHeader);
        return std::optional<SpdyFrame>(std::move(data));
    }
    auto control = parse_control(whole);
    if (!control) return control.error();
    return std::optional<SpdyFrame>(std::move(*control));
}

Result<void> SpdyParser::read_headers(std::string_view block, SpdyFrame& frame) {
    auto plain = inflate_->unpack(block);
    if (!plain) return plain.error();
    return split_headers(*plain, frame);
}

Result<SpdyFrame> SpdyParser::parse_control(std::string_view frame) {
    if (number_at(frame, 0, 2) != kSpdyVersion) return no_spdy("another version than 3");
    const auto code = number_at(frame, 2, 2);
    const auto payload = frame.substr(kSpdyHeader);
    // Where the fields of fixed size end; a code that is not listed is skipped.
    struct Shape {
        Code code;
        SpdyType type;
        std::size_t fixed;
    };
    constexpr std::array kShapes = {
        Shape{kSynStream, SpdyType::SynStream, 10},
        Shape{kSynReply, SpdyType::SynReply, 4},
        Shape{kReset, SpdyType::Reset, 8},
        Shape{kPing, SpdyType::Ping, 4},
        Shape{kGoAway, SpdyType::GoAway, 8}};
    SpdyFrame result;
    result.type = SpdyType::Ignored;
    const auto* const shape =
        std::ranges::find_if(kShapes, [&](const Shape& one) { return one.code == code; });
    if (shape == kShapes.end()) return result;
    if (payload.size() < shape->fixed) return no_spdy("a control frame is too short");
    result.type = shape->type;
    result.id = number_at(payload, 0, 4);
    result.last = (static_cast<unsigned char>(frame[4]) & kFlagLast) != 0;
    if (code == kReset || code == kGoAway) result.status = number_at(payload, 4, 4);
    if (code == kSynStream || code == kSynReply) {
        auto read = read_headers(payload.substr(shape->fixed), result);
        if (!read) return read.error();
    }
    return result;
}

}  // namespace picket::http
