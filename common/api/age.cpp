#include "common/api/age.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kDaysPerYear = 365;

/// "3h7m", or "3h" when the smaller part is zero.
std::string two_parts(std::int64_t large, char large_unit, std::int64_t small, char small_unit) {
    if (small == 0) return fmt::format("{}{}", large, large_unit);
    return fmt::format("{}{}{}{}", large, large_unit, small, small_unit);
}

std::string days_and_years(std::int64_t count) {
    if (count < 2 * kDaysPerYear) return fmt::format("{}d", count);
    const auto years = count / kDaysPerYear;
    if (years < 8) return two_parts(years, 'y', count % kDaysPerYear, 'd');
    return fmt::format("{}y", years);
}

}  // namespace

std::string human_duration(Duration span) {
    const auto s = std::max<std::int64_t>(0, std::chrono::duration_cast<seconds>(span).count());
    const auto m = s / 60;
    const auto h = m / 60;
    if (s < seconds(minutes(2)).count()) return fmt::format("{}s", s);
    if (m < 10) return two_parts(m, 'm', s % 60, 's');
    if (h < 3) return fmt::format("{}m", m);
    if (h < 8) return two_parts(h, 'h', m % 60, 'm');
    if (h < hours(days(2)).count()) return fmt::format("{}h", h);
    if (h < hours(days(8)).count()) return two_parts(h / 24, 'd', h % 24, 'h');
    return days_and_years(h / 24);
}

std::string human_age(std::string_view time, TimePoint now) {
    const auto since = parse_time(time);
    return since ? human_duration(now - *since) : "<unknown>";
}

}  // namespace picket
