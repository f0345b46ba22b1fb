#include "apiserver/routes/node_page.hpp"

#include "common/api/status.hpp"
#include "common/async/timing.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

namespace picket::apiserver {
namespace {

using namespace boost::asio::experimental::awaitable_operators;

Awaitable<Result<NodePage>> read_page(TunnelHub* hub, std::string node, std::string path) {
    StreamRequest request;
    request.kind = "page";
    request.parameters = {{"path", std::move(path)}};
    auto stream = co_await hub->open(std::move(node), std::move(request));
    if (!stream) co_return stream.error();
    if (stream->reply.failure) co_return *stream->reply.failure;
    NodePage page{stream->reply.content_type, std::move(stream->head)};
    std::string piece;
    while (page.text.size() <= kMaxNodePage) {
        piece.resize(32U << 10U);
        const auto size = co_await stream->bytes->read_some(piece);
        if (!size) co_return size.error();
        if (*size == 0) co_return page;
        page.text.append(piece, 0, *size);
    }
    co_return Error{Reason::RequestEntityTooLarge, "the agent's page is too long"};
}

}  // namespace

Awaitable<Result<NodePage>> fetch_node_page(TunnelHub& hub, std::string node, std::string path) {
    auto read = co_await (read_page(&hub, node, std::move(path)) || sleep_for(kNodePageTimeout));
    if (read.index() == 0) co_return std::get<0>(std::move(read));
    co_return Error{
        Reason::Timeout, fmt::format("the agent of node {} did not answer in time", node)};
}

Awaitable<Result<http::Response>> proxy_node(Call call) {
    if (!call.services.store.get(call.key())) co_return not_found_error("nodes", call.info.name);
    auto page =
        co_await fetch_node_page(call.services.tunnels, call.info.name, "/" + call.info.rest);
    if (!page) co_return page.error();
    http::Response response;
    response.headers = {{"Content-Type", page->content_type}};
    response.body = {http::bytes(std::move(page->text))};
    co_return response;
}

}  // namespace picket::apiserver
