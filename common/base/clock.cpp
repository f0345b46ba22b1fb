#include "common/base/clock.hpp"

#include <fmt/format.h>

#include <charconv>

namespace picket {
namespace {

struct Civil {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<Duration> time;
};

Civil to_civil(TimePoint time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss<Duration>{time - day}};
}

std::string format_seconds(const Civil& civil) {
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        static_cast<int>(civil.date.year()),
        static_cast<unsigned>(civil.date.month()),
        static_cast<unsigned>(civil.date.day()),
        civil.time.hours().count(),
        civil.time.minutes().count(),
        civil.time.seconds().count());
}

/// Reads fixed-width digits and the literal characters between them, front to back.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool number(std::size_t width, int& value) {
        if (rest_.size() < width) return false;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + width, value);
        if (error != std::errc{} || end != rest_.data() + width || value < 0) return false;
        rest_.remove_prefix(width);
        return true;
    }

    bool literal(char expected) {
        if (rest_.empty() || rest_.front() != expected) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// A fraction of any length, cut to microseconds.
    bool fraction(Duration& value) {
        std::int64_t micros = 0;
        std::int64_t unit = 100'000;
        std::size_t digits = 0;
        while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
            micros += (rest_[digits] - '0') * unit;
            unit /= 10;
            ++digits;
        }
        rest_.remove_prefix(digits);
        value = Duration{micros};
        return digits > 0;
    }

    bool offset(std::chrono::minutes& value) {
        if (literal('Z') || literal('z')) return rest_.empty();
        const int sign = literal('+') ? 1 : literal('-') ? -1 : 0;
        int hours = 0;
        int minutes = 0;
        if (sign == 0 || !number(2, hours) || !literal(':') || !number(2, minutes) || hours > 23 ||
            minutes > 59) {
            return false;
        }
        value = sign * (std::chrono::hours{hours} + std::chrono::minutes{minutes});
        return rest_.empty();
    }

private:
    std::string_view rest_;
};

}  // namespace

TimePoint SystemClock::now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

std::string format_time(TimePoint time) {
    return format_seconds(to_civil(time)) + "Z";
}

std::string format_micro_time(TimePoint time) {
    const auto civil = to_civil(time);
    return fmt::format("{}.{:06}Z", format_seconds(civil), civil.time.subseconds().count());
}

std::optional<TimePoint> parse_time(std::string_view text) {
    Reader reader(text);
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    Duration fraction{0};
    std::chrono::minutes offset{0};
    if (!reader.number(4, year) || !reader.literal('-') || !reader.number(2, month) ||
        !reader.literal('-') || !reader.number(2, day) ||
        !(reader.literal('T') || reader.literal('t')) || !reader.number(2, hour) ||
        !reader.literal(':') || !reader.number(2, minute) || !reader.literal(':') ||
        !reader.number(2, second)) {
        return std::nullopt;
    }
    if (reader.literal('.') && !reader.fraction(fraction)) return std::nullopt;
    if (!reader.offset(offset)) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{year},
        std::chrono::month{static_cast<unsigned>(month)},
        std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return TimePoint{
        std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
        std::chrono::seconds{second} + fraction - offset};
}

}  // namespace picket
