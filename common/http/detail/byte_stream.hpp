#pragma once
#include "common/http/detail/transport.hpp"
#include "common/http/message.hpp"

#include <memory>
#include <string>

namespace picket::http::detail {

/// The connection after an upgrade. `received` are bytes that the peer sent right behind its
/// header.
[[nodiscard]] std::unique_ptr<ByteStream> make_byte_stream(
    std::shared_ptr<Transport> transport, std::string received);

}  // namespace picket::http::detail
