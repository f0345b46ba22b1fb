#pragma once
/// The messages that are understood in protobuf, as tables: field number, JSON name, type.
#include <cstdint>
#include <span>
#include <string_view>

namespace picket::apiserver {

enum class ProtobufType {
    String,
    Integer,
    Count,  ///< an integer that Go writes as 0 where it is absent
    Boolean,
    Message,
    Inline,  ///< a message whose fields belong to the one around it
    IntOrString,
    Time,
    StringMap,
    BytesMap,
    QuantityMap
};

struct ProtobufMessage;
struct ProtobufField {
    std::uint32_t number;
    const char* name;
    ProtobufType type;
    bool repeated = false;
    const ProtobufMessage* message = nullptr;
};
struct ProtobufMessage {
    std::span<const ProtobufField> fields;
    bool complete = false;  ///< an unknown field that says something is refused, not skipped
};

/// {1: apiVersion, 2: kind}, in the envelope of every object.
[[nodiscard]] const ProtobufMessage& type_meta_message();
/// By kind; null if it is not understood.
[[nodiscard]] const ProtobufMessage* find_protobuf_message(std::string_view kind);

}  // namespace picket::apiserver
