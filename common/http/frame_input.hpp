#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace picket::http {

/// What came of a byte stream and has not been taken yet as frames.
class FrameInput {
public:
    void put(std::string_view bytes) {
        input_.erase(0, at_);
        at_ = 0;
        input_ += bytes;
    }
    /// Valid until the next put().
    [[nodiscard]] std::string_view pending() const { return std::string_view(input_).substr(at_); }
    void take(std::size_t size) { at_ += size; }

private:
    std::string input_;
    std::size_t at_ = 0;  ///< what has been taken
};

}  // namespace picket::http
