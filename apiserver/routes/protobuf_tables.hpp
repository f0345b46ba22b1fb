#pragma once
/// The tables of messages by kind, one file each.
#include "apiserver/routes/protobuf_messages.hpp"

#include <span>
#include <string_view>

namespace picket::apiserver {

struct ProtobufKind {
    std::string_view kind;
    const ProtobufMessage* message;
};

[[nodiscard]] std::span<const ProtobufKind> companion_protobuf_kinds();
[[nodiscard]] std::span<const ProtobufKind> review_protobuf_kinds();
[[nodiscard]] std::span<const ProtobufKind> pod_protobuf_kinds();

}  // namespace picket::apiserver
