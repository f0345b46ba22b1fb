#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace picket {

/// Wall-clock time; microseconds are what MicroTime needs and what every API time fits in.
using TimePoint = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

/// Where "now" comes from, so that tests and simulations can move it. Decisions take a TimePoint
/// instead.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override;
};

/// RFC 3339 in UTC with whole seconds, as Kubernetes' Time: 2026-01-02T03:04:05Z
[[nodiscard]] std::string format_time(TimePoint time);
/// RFC 3339 in UTC with six decimals, as Kubernetes' MicroTime: 2026-01-02T03:04:05.000006Z
[[nodiscard]] std::string format_micro_time(TimePoint time);
/// Any RFC 3339 time: fractions and offsets are accepted (other clients send them); nothing if it
/// is not one.
[[nodiscard]] std::optional<TimePoint> parse_time(std::string_view text);

}  // namespace picket
