#include "apiserver/routes/upgrades.hpp"

#include "common/api/status.hpp"
#include "common/http/websocket.hpp"

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace picket::apiserver {
namespace {

constexpr const char* kStreamProtocol = "X-Stream-Protocol-Version";
constexpr const char* kSpdyProtocol = "SPDY/3.1";

}  // namespace

bool asks_for_spdy(const http::Request& request) {
    const auto upgrade = request.headers.find("Upgrade").value_or(std::string_view());
    return boost::algorithm::iequals(upgrade, kSpdyProtocol);
}

std::vector<std::string> offered_stream_protocols(const http::Request& request) {
    std::vector<std::string> offers;
    for (const auto value : request.headers.find_all(kStreamProtocol)) {
        std::vector<std::string> words;
        boost::algorithm::split(words, value, boost::algorithm::is_any_of(","));
        for (auto& word : words) offers.push_back(boost::algorithm::trim_copy(word));
    }
    return offers;
}

std::string choose_protocol(
    const std::vector<std::string>& offers, std::span<const std::string_view> known) {
    const auto found = std::ranges::find_if(offers, [&](const std::string& offer) {
        return std::ranges::find(known, offer) != known.end();
    });
    return found == offers.end() ? std::string() : *found;
}

http::Response spdy_response(std::string protocol) {
    http::Response response;
    response.status = 101;
    response.headers = {{"Upgrade", kSpdyProtocol}, {kStreamProtocol, std::move(protocol)}};
    return response;
}

Result<http::Response> websocket_response(
    const http::Request& request, const std::string& subprotocol) {
    auto headers = http::accept_websocket(request, subprotocol);
    if (!headers) return headers.error();
    http::Response response;
    response.status = 101;
    response.headers = std::move(*headers);
    return response;
}

Error unknown_protocol(std::span<const std::string_view> known) {
    return bad_request(fmt::format(
        "cannot upgrade the connection: ask for websocket or {} with one of the protocols {}",
        kSpdyProtocol,
        fmt::join(known, ", ")));
}

}  // namespace picket::apiserver
