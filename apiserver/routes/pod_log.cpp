#include "apiserver/routes/pod_stream.hpp"
#include "apiserver/routes/tunnel_routes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace picket::apiserver {
namespace {

/// The query with its booleans written in one way, which is all that agents know.
Result<std::vector<std::pair<std::string, std::string>>> plain_query(const http::Url& url) {
    constexpr std::array<std::string_view, 3> kFlags = {"follow", "previous", "timestamps"};
    auto query = url.query;
    for (auto& [name, value] : query) {
        if (std::ranges::find(kFlags, name) == kFlags.end()) continue;
        const auto set = bool_parameter(url, name);
        if (!set) return set.error();
        value = *set ? "true" : "false";
    }
    return query;
}

Result<StreamRequest> log_request(const Call& call, const Json& pod) {
    const auto named = call.url.parameter("container").value_or(std::string_view());
    auto container = choose_container(pod, std::string(named));
    if (!container) return container.error();
    auto request = stream_request("log", pod);
    request.container = std::move(*container);
    auto query = plain_query(call.url);
    if (!query) return query.error();
    request.parameters = std::move(*query);
    return request;
}

Awaitable<void> copy_log(std::shared_ptr<TunnelStream> stream, http::BodyWriter* writer) {
    constexpr std::size_t kPiece = 32U << 10U;
    std::string piece = std::move(stream->head);
    while (true) {
        if (!piece.empty()) {
            std::vector<http::Bytes> pieces;
            pieces.push_back(http::bytes(std::exchange(piece, {})));
            const auto written = co_await writer->write(std::move(pieces));
            if (!written) co_return;
        }
        piece.resize(kPiece);
        const auto size = co_await stream->bytes->read_some(piece);
        if (!size || *size == 0) co_return;
        piece.resize(*size);
    }
}

http::Response log_response(TunnelStream stream) {
    http::Response response;
    response.headers = {{"Content-Type", stream.reply.content_type}};
    const auto shared = std::make_shared<TunnelStream>(std::move(stream));
    response.stream = [shared](http::BodyWriter& writer) { return copy_log(shared, &writer); };
    return response;
}

}  // namespace

Awaitable<Result<http::Response>> get_pod_log(Call call) {
    const auto pod = pod_of(call);
    if (!pod) co_return pod.error();
    auto request = log_request(call, *pod);
    if (!request) co_return request.error();
    const auto node = node_of(*pod);
    if (!node) co_return node.error();
    auto stream = co_await open_pod_stream(call.services.tunnels, *node, std::move(*request));
    if (!stream) co_return stream.error();
    co_return log_response(std::move(*stream));
}

}  // namespace picket::apiserver
