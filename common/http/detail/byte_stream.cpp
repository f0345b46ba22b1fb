#include "common/http/detail/byte_stream.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace picket::http::detail {
namespace {

namespace asio = boost::asio;

Error lost(const error_code& error) {
    return {Reason::ServiceUnavailable, "connection lost: " + error.message()};
}

class TransportByteStream final : public ByteStream {
public:
    TransportByteStream(std::shared_ptr<Transport> transport, std::string received)
        : transport_(std::move(transport)), received_(std::move(received)) {}
    ~TransportByteStream() override { transport_->close(); }

    Awaitable<Result<std::size_t>> read_some(std::span<char> buffer) override {
        if (!received_.empty()) co_return take_received(buffer);
        const auto transport = transport_;  // the caller may drop the stream while it waits
        const auto [error, bytes] =
            co_await transport->read_some(asio::buffer(buffer.data(), buffer.size()));
        if (error == asio::error::eof) co_return std::size_t{0};
        if (error) co_return lost(error);
        co_return bytes;
    }

    Awaitable<Result<void>> write(std::string data) override {
        const auto transport = transport_;
        Buffers buffers;
        buffers.emplace_back(data.data(), data.size());
        const auto error = co_await transport->write(std::move(buffers));
        if (error) co_return lost(error);
        co_return Ok();
    }

    Awaitable<void> close_write() override {
        const auto transport = transport_;
        co_await transport->close_write();
    }

    void close() override { transport_->close(); }

private:
    std::size_t take_received(std::span<char> buffer) {
        const auto bytes = std::min(buffer.size(), received_.size());
        std::copy_n(received_.begin(), bytes, buffer.begin());
        received_.erase(0, bytes);
        return bytes;
    }

    std::shared_ptr<Transport> transport_;
    std::string received_;
};

}  // namespace

std::unique_ptr<ByteStream> make_byte_stream(
    std::shared_ptr<Transport> transport, std::string received) {
    return std::make_unique<TransportByteStream>(std::move(transport), std::move(received));
}

}  // namespace picket::http::detail
