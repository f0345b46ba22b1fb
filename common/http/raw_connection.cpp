#include "common/http/raw_connection.hpp"

#include "common/http/detail/byte_stream.hpp"
#include "common/http/detail/deadline.hpp"
#include "common/http/detail/transport.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace picket::http {
namespace {

using boost::asio::ip::tcp;

Result<void> assign(
    tcp::socket& socket, const tcp::endpoint& endpoint, const std::function<Result<int>()>& open) {
    boost::system::error_code error;
    if (!open) {
        socket.open(endpoint.protocol(), error);
    } else {
        const auto descriptor = open();
        if (!descriptor) return descriptor.error();
        socket.assign(endpoint.protocol(), *descriptor, error);
    }
    if (error) return Error{Reason::ServiceUnavailable, error.message()};
    return Ok();
}

}  // namespace

Awaitable<Result<std::unique_ptr<ByteStream>>> connect_raw(
    boost::asio::any_io_executor executor,
    tcp::endpoint endpoint,
    std::chrono::milliseconds timeout,
    std::function<Result<int>()> open) {
    tcp::socket socket(executor);
    if (auto made = assign(socket, endpoint, open); !made) co_return made.error();
    detail::Deadline deadline(executor, [&socket] { socket.close(); });
    deadline.expires_after(timeout);
    auto [error] = co_await socket.async_connect(endpoint, as_result);
    if (deadline.expired()) error = boost::asio::error::timed_out;
    deadline.clear();
    if (error) co_return Error{Reason::ServiceUnavailable, error.message()};
    co_return adopt_raw(std::move(socket));
}

std::unique_ptr<ByteStream> adopt_raw(tcp::socket socket) {
    detail::Socket stream(std::move(socket));
    detail::tune_tcp(stream);
    return detail::make_byte_stream(detail::make_plain_transport(std::move(stream)), {});
}

}  // namespace picket::http
