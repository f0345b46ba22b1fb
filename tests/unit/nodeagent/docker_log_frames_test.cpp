#include "nodeagent/runtime/docker_log_frames.hpp"

#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

std::string frame(char stream, const std::string& payload) {
    std::string bytes = {stream, 0, 0, 0, 0, 0, 0, 0};
    bytes[6] = static_cast<char>(payload.size() >> 8U);
    bytes[7] = static_cast<char>(payload.size() & 0xffU);
    return bytes + payload;
}

TEST_CASE("Docker log frames: cut anywhere, the payload is the same", "[nodeagent]") {
    const auto long_line = std::string(700, 'x') + "\n";
    const auto stream = frame(1, "out\n") + frame(2, "err\n") + frame(1, "") + frame(1, long_line);
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        DockerLogFrames frames;
        std::string payload;
        for (std::size_t i = 0; i < stream.size(); i += piece)
            payload += frames.feed(stream.substr(i, piece));
        REQUIRE(payload == "out\nerr\n" + long_line);
    }
}

}  // namespace
}  // namespace picket::nodeagent
