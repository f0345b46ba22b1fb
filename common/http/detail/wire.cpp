#include "common/http/detail/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace picket::http::detail {
namespace {

using Output = std::back_insert_iterator<std::string>;

struct Phrase {
    unsigned status;
    std::string_view text;
};
constexpr std::array kPhrases = {
    Phrase{100, "Continue"},
    Phrase{101, "Switching Protocols"},
    Phrase{200, "OK"},
    Phrase{201, "Created"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{301, "Moved Permanently"},
    Phrase{304, "Not Modified"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{410, "Gone"},
    Phrase{413, "Request Entity Too Large"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{422, "Unprocessable Entity"},
    Phrase{429, "Too Many Requests"},
    Phrase{431, "Request Header Fields Too Large"},
    Phrase{500, "Internal Server Error"},
    Phrase{501, "Not Implemented"},
    Phrase{503, "Service Unavailable"},
    Phrase{504, "Gateway Timeout"},
};

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Fields that the connection writes itself. `Connection` and `Upgrade` of an upgrade are the
/// handler's.
bool belongs_to_framing(std::string_view name) {
    constexpr std::array<std::string_view, 5> kOurs = {
        "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Date"};
    return std::ranges::any_of(kOurs, [name](auto ours) { return same_name(name, ours); });
}

bool breaks_line(char c) {
    return c == '\r' || c == '\n' || c == '\0';
}

/// Nobody may add fields or a whole answer through a value that he controls.
bool can_be_sent(std::string_view text) {
    return std::ranges::none_of(text, breaks_line);
}

std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, breaks_line, ' ');
    return line;
}

void write_field(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

void write_framing(std::string& head, const Framing& framing) {
    switch (framing.body) {
        case Framing::Body::Length:
            write_field(head, "Content-Length", fmt::format_int(framing.length).c_str());
            break;
        case Framing::Body::Chunked:
            write_field(head, "Transfer-Encoding", "chunked");
            break;
        case Framing::Body::None:
        case Framing::Body::UntilClose:
            break;
    }
    switch (framing.connection) {
        case Framing::Connection::KeepAlive:
            write_field(head, "Connection", "keep-alive");
            break;
        case Framing::Connection::Close:
            write_field(head, "Connection", "close");
            break;
        case Framing::Connection::Upgrade:
            write_field(head, "Connection", "Upgrade");
            break;
        case Framing::Connection::Implied:
            break;
    }
}

Result<void> check_sendable(const Request& request, std::string_view prefix) {
    const auto target_ok = [](std::string_view text) {
        return can_be_sent(text) && text.find(' ') == std::string_view::npos;
    };
    if (request.method == Method::Other)
        return Error{Reason::BadRequest, "cannot send a request of unknown method"};
    if (request.target.empty() || !target_ok(request.target) || !target_ok(prefix)) {
        return Error{Reason::BadRequest, "cannot send a request with an empty or unescaped target"};
    }
    for (const auto& [name, value] : request.headers) {
        if (!can_be_sent(name) || !can_be_sent(value)) {
            return Error{
                Reason::BadRequest,
                fmt::format("cannot send header {}: it has a line end in it", one_line(name))};
        }
    }
    return Ok();
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
    const auto* const found = std::ranges::find(kPhrases, status, &Phrase::status);
    return found == kPhrases.end() ? "Unknown" : found->text;
}

std::string format_response_head(
    unsigned status, const Headers& headers, const Framing& framing, std::string_view date) {
    std::string head;
    head.reserve(256);
    fmt::format_to(Output(head), "HTTP/1.1 {} {}\r\n", status, reason_phrase(status));
    write_field(head, "Date", date);
    for (const auto& [name, value] : headers) {
        if (belongs_to_framing(name)) continue;
        if (can_be_sent(name) && can_be_sent(value)) {
            write_field(head, name, value);
        } else {
            write_field(head, one_line(name), one_line(value));
        }
    }
    write_framing(head, framing);
    head += "\r\n";
    return head;
}

Result<std::string> format_request_head(
    const Request& request,
    std::string_view target_prefix,
    std::string_view host,
    const Framing& framing) {
    auto sendable = check_sendable(request, target_prefix);
    if (!sendable) return sendable.error();
    std::string head;
    head.reserve(512);
    fmt::format_to(
        Output(head),
        "{} {}{} HTTP/1.1\r\n",
        method_name(request.method),
        target_prefix,
        request.target);
    if (!request.headers.find("Host")) write_field(head, "Host", host);
    for (const auto& [name, value] : request.headers) {
        if (!belongs_to_framing(name)) write_field(head, name, value);
    }
    write_framing(head, framing);
    head += "\r\n";
    return head;
}

std::string format_chunk_head(std::size_t size) {
    return fmt::format("{:x}\r\n", size);
}

std::string format_http_date(TimePoint time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    return fmt::format(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        kDays[std::chrono::weekday{day}.c_encoding()],
        static_cast<unsigned>(date.day()),
        kMonths[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count());
}

}  // namespace picket::http::detail
