#pragma once
#include "common/http/message.hpp"

#include <memory>

namespace picket::http {

/// Copies until `from` ends or either breaks, and then tells `to` that nothing more comes. Success
/// if `from` has ended by itself. A reader that is slow holds the writer up: nothing is buffered.
[[nodiscard]] Awaitable<Result<void>> pump(
    std::shared_ptr<ByteStream> from, std::shared_ptr<ByteStream> to);
/// Until both directions have ended, or one has broken; that is the error.
[[nodiscard]] Awaitable<Result<void>> pump_both_ways(
    std::shared_ptr<ByteStream> left, std::shared_ptr<ByteStream> right);

}  // namespace picket::http
