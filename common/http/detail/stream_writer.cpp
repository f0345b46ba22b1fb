#include "common/http/detail/stream_writer.hpp"

#include "common/http/detail/wire.hpp"

#include <string_view>
#include <utility>

namespace picket::http::detail {
namespace {

boost::asio::const_buffer buffer_of(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

Awaitable<Result<void>> StreamWriter::write(std::vector<Bytes> pieces) {
    std::size_t size = 0;
    for (const auto& piece : pieces) size += piece->size();
    if (size == 0) co_return Ok();  // an empty chunk would end the body
    const auto head = chunked_ ? format_chunk_head(size) : std::string();
    Buffers buffers;
    buffers.reserve(pieces.size() + 2);
    buffers.push_back(buffer_of(head));
    for (const auto& piece : pieces) buffers.push_back(buffer_of(*piece));
    if (chunked_) buffers.push_back(buffer_of("\r\n"));
    const auto error = co_await transport_.write(std::move(buffers), timeout_);
    if (!error) co_return Ok();
    failed_ = true;
    co_return Error{Reason::ServiceUnavailable, "the client is gone: " + error.message()};
}

Awaitable<error_code> StreamWriter::finish() {
    if (!chunked_) co_return error_code{};
    co_return co_await transport_.write(Buffers(1, buffer_of("0\r\n\r\n")), timeout_);
}

}  // namespace picket::http::detail
