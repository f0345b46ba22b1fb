#include "nodeagent/streams/log_request.hpp"

#include "common/api/status.hpp"

#include <fmt/format.h>

#include <charconv>

namespace picket::nodeagent {
namespace {

bool is_true(const std::string& text) {
    return text == "true" || text == "1";
}

Result<std::int64_t> whole_number(const std::string& name, const std::string& text) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && last == end && number >= 0) return number;
    return bad_request(fmt::format(
        "{}: invalid value \"{}\": must be a whole number that is not negative", name, text));
}

Result<void> set_number(
    LogRequest& log, const std::string& name, const std::string& text, TimePoint now) {
    auto number = whole_number(name, text);
    if (!number) return number.error();
    if (name == "tailLines") log.options.tail = *number;
    if (name == "limitBytes") log.limit_bytes = *number;
    if (name == "sinceSeconds") log.options.since = now - std::chrono::seconds{*number};
    return Ok();
}

}  // namespace

Result<LogRequest> parse_log_request(const StreamRequest& request, TimePoint now) {
    LogRequest log;
    for (const auto& [name, text] : request.parameters) {
        if (name == "previous") log.previous = is_true(text);
        if (name == "follow") log.options.follow = is_true(text);
        if (name == "timestamps") log.options.timestamps = is_true(text);
        if (name == "tailLines" || name == "limitBytes" || name == "sinceSeconds") {
            if (auto set = set_number(log, name, text, now); !set) return set.error();
        }
        if (name == "sinceTime") {
            log.options.since = parse_time(text);
            if (!log.options.since)
                return bad_request(fmt::format("sinceTime: invalid value \"{}\"", text));
        }
    }
    return log;
}

}  // namespace picket::nodeagent
