#include "nodeagent/runtime/docker_log_frames.hpp"

#include "common/base/big_endian.hpp"

#include <algorithm>

namespace picket::nodeagent {

std::string DockerLogFrames::feed(std::string_view piece) {
    std::string payload;
    feed(piece, [&](std::uint8_t, std::string_view bytes) { payload += bytes; });
    return payload;
}

void DockerLogFrames::feed(std::string_view piece, const Sink& sink) {
    while (!piece.empty()) {
        if (remaining_ == 0) {
            read_header(piece);
            continue;
        }
        const auto taken = piece.substr(0, remaining_);
        sink(stream_, taken);
        remaining_ -= static_cast<std::uint32_t>(taken.size());
        piece.remove_prefix(taken.size());
    }
}

void DockerLogFrames::read_header(std::string_view& piece) {
    const auto wanted = std::min(kHeaderSize - header_.size(), piece.size());
    header_ += piece.substr(0, wanted);
    piece.remove_prefix(wanted);
    if (header_.size() < kHeaderSize) return;
    remaining_ = static_cast<std::uint32_t>(big_endian_at(header_, 4, 4));
    stream_ = static_cast<std::uint8_t>(header_.front());
    header_.clear();
}

}  // namespace picket::nodeagent
