#pragma once
#include "common/base/clock.hpp"

#include <string>
#include <string_view>

namespace picket {

/// How tables show a time span: "95s", "5m3s", "42m", "3h7m", "17h", "3d4h", "400d", "3y12d", "9y".
/// Never negative: a clock that is a little ahead shows "0s".
[[nodiscard]] std::string human_duration(Duration span);

/// The span from an API time to `now`; "<unknown>" where the time is absent or not one.
[[nodiscard]] std::string human_age(std::string_view time, TimePoint now);

}  // namespace picket
