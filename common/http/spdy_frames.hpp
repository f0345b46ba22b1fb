#pragma once
/// SPDY/3.1 frames as kubectl's exec and port-forward speak them. Pure. Flow control is not
/// practised by those clients and left out.
#include "common/base/result.hpp"
#include "common/http/frame_input.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace picket::http {

struct SpdyFrame {
    enum class Type : std::uint8_t { Data, SynStream, SynReply, Reset, Ping, GoAway, Ignored };
    Type type = Type::Data;
    std::uint32_t id = 0;      ///< of the stream; of a ping
    bool last = false;         ///< nothing more comes on this stream in this direction
    std::uint32_t status = 0;  ///< Reset
    std::string bytes = {};    ///< Data
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< SynStream, SynReply
};

inline constexpr std::size_t kMaxSpdyFrame = 1U << 20U;
inline constexpr std::size_t kMaxSpdyHeaders = 64U << 10U;  ///< unpacked

/// Header blocks are one compressed stream for the whole connection, so both of these keep state:
/// frames must be sent in the order in which they were formatted.
class SpdyFormatter {
public:
    SpdyFormatter();
    ~SpdyFormatter();
    [[nodiscard]] std::string format(const SpdyFrame& frame);

private:
    struct Deflate;
    std::unique_ptr<Deflate> deflate_;
};

/// Takes frames out of a byte stream that is cut anywhere.
class SpdyParser {
public:
    SpdyParser();
    ~SpdyParser();
    void put(std::string_view bytes) { input_.put(bytes); }
    /// The next whole frame, nothing if more bytes are needed. BadRequest for what is no frame or
    /// exceeds a limit; then the connection is over.
    [[nodiscard]] Result<std::optional<SpdyFrame>> next();

private:
    struct Inflate;
    [[nodiscard]] Result<SpdyFrame> parse_control(std::string_view frame);
    [[nodiscard]] Result<void> read_headers(std::string_view block, SpdyFrame& frame);

    std::unique_ptr<Inflate> inflate_;
    FrameInput input_;
};

}  // namespace picket::http
