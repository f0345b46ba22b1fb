#pragma once
#include <catch2/catch.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace picket::testing {

/// Puts the bytes into a parser in pieces of `step`, and takes all frames.
template <class Parser>
auto collect_frames(Parser& parser, std::string_view bytes, std::size_t step) {
    using Frame = std::remove_cvref_t<decltype(**parser.next())>;
    std::vector<Frame> frames;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        parser.put(bytes.substr(at, step));
        while (true) {
            auto frame = parser.next();
            REQUIRE(frame.has_value());
            if (!*frame) break;
            frames.push_back(std::move(**frame));
        }
    }
    return frames;
}

}  // namespace picket::testing
