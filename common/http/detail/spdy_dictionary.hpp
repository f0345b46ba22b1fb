#pragma once
#include <string>

namespace picket::http::detail {

/// What both ends of SPDY/3 prime their compression of headers with.
[[nodiscard]] const std::string& spdy_dictionary();

}  // namespace picket::http::detail
