#include "common/http/pump.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace picket::http {
namespace {

using namespace boost::asio::experimental::awaitable_operators;

/// A direction that breaks takes the other one with it.
Awaitable<Result<void>> pump_or_close(
    std::shared_ptr<ByteStream> from, std::shared_ptr<ByteStream> to) {
    auto ended = co_await pump(from, to);
    if (ended) co_return ended;
    from->close();
    to->close();
    co_return ended;
}

}  // namespace

Awaitable<Result<void>> pump(std::shared_ptr<ByteStream> from, std::shared_ptr<ByteStream> to) {
    std::string buffer;
    while (true) {
        buffer.resize(32U << 10U);
        const auto size = co_await from->read_some(buffer);
        if (!size) co_return size.error();
        if (*size == 0) break;
        buffer.resize(*size);
        auto written = co_await to->write(std::move(buffer));
        if (!written) co_return written;
        buffer = {};
    }
    co_await to->close_write();
    co_return Ok();
}

Awaitable<Result<void>> pump_both_ways(
    std::shared_ptr<ByteStream> left, std::shared_ptr<ByteStream> right) {
    auto [there, back] = co_await (pump_or_close(left, right) && pump_or_close(right, left));
    co_return there ? back : there;
}

}  // namespace picket::http
