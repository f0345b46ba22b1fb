/// A connection's bytes, as they come in pieces, up to what the routes make of a request.
#include "apiserver/routes/query_options.hpp"
#include "apiserver/routes/request_info.hpp"
#include "common/http/detail/message_parser.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

using namespace picket;
using namespace picket::fuzz;

namespace {

constexpr http::detail::ParserLimits kLimits{4'096, 16'384};

void look_at(const http::Request& request) {
    must_hold(request.body.size() <= kLimits.body_bytes, "a body is within its limit");
    const auto url = http::parse_target(request.target);
    if (!url) return;
    const auto info = apiserver::parse_request_info(request.method, *url);
    if (info) must_hold(!info->verb.empty(), "a request has a verb");
    const auto list = apiserver::parse_list_options(*url, apiserver::Reading::Watch);
    const auto write = apiserver::parse_write_options(*url);
    if (!list && !write) return;
    for (const auto& [name, value] : url->query) {
        const auto again = http::parse_target("/?a=" + http::url_encode(value));
        must_hold(
            again && again->query.size() == 1 && again->query[0].second == value,
            "what is encoded is decoded to the same");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = 1 + data[0];  // how much comes at once
    const auto input = text_of(data + 1, size - 1);
    const auto parser = http::detail::make_request_parser(kLimits);
    std::string waiting;
    for (std::size_t at = 0; at < input.size(); at += piece) {
        waiting += input.substr(at, piece);
        waiting.erase(0, parser->put(waiting));
        if (parser->error() != http::detail::ParseError::None) return 0;
        must_hold(waiting.size() <= kLimits.header_bytes + piece, "what waits is bounded");
        if (parser->done()) break;
    }
    if (parser->done()) look_at(parser->take());
    return 0;
}
