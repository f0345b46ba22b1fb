#pragma once
#include "common/http/client.hpp"
#include "common/http/detail/exchange.hpp"

#include <memory>

namespace picket::http::detail {

/// The body of an answer whose header has been read.
[[nodiscard]] std::unique_ptr<StreamingResponse> make_streaming_response(
    std::unique_ptr<Exchange> exchange);

}  // namespace picket::http::detail
