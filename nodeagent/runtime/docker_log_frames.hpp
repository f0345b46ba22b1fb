#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace picket::nodeagent {

/// Takes the frame headers out of the engine's log and exec streams: each frame is eight bytes
/// (stream number, three zeros, big-endian length) and its payload. Frames may be cut anywhere
/// between two pieces. A container with a TTY has no headers: its bytes do not go through here.
class DockerLogFrames {
public:
    /// The payload bytes of the next piece, stdout and stderr in order.
    [[nodiscard]] std::string feed(std::string_view piece);

    static constexpr std::uint8_t kStandardError = 2;
    using Sink = std::function<void(std::uint8_t stream, std::string_view bytes)>;
    /// The same with the stream that each payload belongs to.
    void feed(std::string_view piece, const Sink& sink);

private:
    static constexpr std::size_t kHeaderSize = 8;

    void read_header(std::string_view& piece);

    std::string header_;
    std::uint32_t remaining_ = 0;
    std::uint8_t stream_ = 0;  ///< of the frame that is being read
};

}  // namespace picket::nodeagent
