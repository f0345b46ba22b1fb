#include "apiserver/routes/protobuf.hpp"

#include "apiserver/routes/protobuf_messages.hpp"
#include "apiserver/routes/protobuf_wire.hpp"
#include "common/api/status.hpp"
#include "common/base/clock.hpp"
#include "common/base/encoding.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace picket::apiserver {
namespace {

constexpr std::string_view kMagic("k8s\0", 4);

enum class Decoding { Done, Malformed, Unknown };

Decoding decode_message(const ProtobufMessage& message, std::string_view bytes, Json& object);

std::optional<std::string> decode_time(std::string_view bytes) {
    WireReader reader(bytes);
    std::int64_t seconds = 0;
    while (const auto field = reader.next()) {
        if (field->number == 1) seconds = static_cast<std::int64_t>(field->number_value);
    }
    // Later than the year 9999, and all before 1970, is no time an object can bear.
    if (reader.failed() || seconds <= 0 || seconds > 253402300799) return std::nullopt;
    return format_time(TimePoint(std::chrono::seconds(seconds)));
}

/// The value of a map's entry: text as it is, bytes in base64, a quantity the text that it wraps.
std::optional<std::string> decode_map_value(ProtobufType type, std::string_view bytes) {
    if (type == ProtobufType::BytesMap) return base64_encode(bytes);
    if (type != ProtobufType::QuantityMap) return std::string(bytes);
    WireReader reader(bytes);
    std::string text;
    while (const auto field = reader.next()) {
        if (field->number == 1) text = field->bytes;
    }
    return reader.failed() ? std::nullopt : std::optional(text);
}

bool decode_map_entry(ProtobufType type, std::string_view bytes, Json& map) {
    WireReader reader(bytes);
    std::string key;
    std::string_view bytes_of_value;
    while (const auto field = reader.next()) {
        if (field->number == 1) key = field->bytes;
        if (field->number == 2) bytes_of_value = field->bytes;
    }
    auto value = decode_map_value(type, bytes_of_value);
    if (reader.failed() || !value) return false;
    map[key] = std::move(*value);
    return true;
}

std::optional<Json> decode_int_or_string(std::string_view bytes) {
    WireReader reader(bytes);
    bool is_text = false;
    std::int64_t number = 0;
    std::string text;
    while (const auto field = reader.next()) {
        if (field->number == 1) is_text = field->number_value == 1;
        if (field->number == 2) number = static_cast<std::int32_t>(field->number_value);
        if (field->number == 3) text = field->bytes;
    }
    if (reader.failed()) return std::nullopt;
    return is_text ? Json(text) : Json(number);
}

/// The value of one occurrence of a field that is no message; null where it reads as absent.
std::optional<Json> decode_value(const ProtobufField& row, const WireField& field) {
    switch (row.type) {
        case ProtobufType::String:
            // In a list an empty string says something: the core group of a rule.
            if (field.bytes.empty() && !row.repeated) return Json();
            return Json(std::string(field.bytes));
        case ProtobufType::Integer:
            return Json(static_cast<std::int64_t>(field.number_value));
        case ProtobufType::Count:
            if (field.number_value == 0) return Json();
            return Json(static_cast<std::int64_t>(field.number_value));
        case ProtobufType::Boolean:
            return Json(field.number_value != 0);
        case ProtobufType::IntOrString:
            return decode_int_or_string(field.bytes);
        case ProtobufType::Time: {
            const auto time = decode_time(field.bytes);
            return time ? Json(*time) : Json();
        }
        default:
            return std::nullopt;
    }
}

void put(const ProtobufField& row, Json value, Json& object) {
    if (row.repeated) {
        object[row.name].push_back(std::move(value));
    } else {
        object[row.name] = std::move(value);
    }
}

Decoding decode_inner(const ProtobufField& row, const WireField& field, Json& object) {
    Json inner = Json::object();
    const auto decoded = decode_message(*row.message, field.bytes, inner);
    if (decoded == Decoding::Done && (row.repeated || !inner.empty())) {
        put(row, std::move(inner), object);
    }
    return decoded;
}

Decoding decode_field(const ProtobufField& row, const WireField& field, Json& object) {
    switch (row.type) {
        case ProtobufType::StringMap:
        case ProtobufType::BytesMap:
        case ProtobufType::QuantityMap:
            return decode_map_entry(row.type, field.bytes, object[row.name]) ? Decoding::Done
                                                                             : Decoding::Malformed;
        case ProtobufType::Message:
            return decode_inner(row, field, object);
        case ProtobufType::Inline:
            return decode_message(*row.message, field.bytes, object);
        default:
            break;
    }
    auto value = decode_value(row, field);
    if (!value) return Decoding::Malformed;
    if (!value->is_null()) put(row, std::move(*value), object);
    return Decoding::Done;
}

WireType wire_type(ProtobufType type) {
    const bool number = type == ProtobufType::Integer || type == ProtobufType::Count ||
                        type == ProtobufType::Boolean;
    return number ? WireType::Varint : WireType::Length;
}

const ProtobufField* find_field(const ProtobufMessage& message, std::uint32_t number) {
    for (const auto& row : message.fields) {
        if (row.number == number) return &row;
    }
    return nullptr;
}

/// Go writes what is absent as 0 or as nothing.
bool says_something(const WireField& field) {
    return field.number_value != 0 || !field.bytes.empty();
}

Decoding decode_message(const ProtobufMessage& message, std::string_view bytes, Json& object) {
    WireReader reader(bytes);
    while (const auto field = reader.next()) {
        const auto* row = find_field(message, field->number);
        if (row == nullptr) {
            if (message.complete && says_something(*field)) return Decoding::Unknown;
            continue;
        }
        if (wire_type(row->type) != field->type) return Decoding::Malformed;
        const auto decoded = decode_field(*row, *field, object);
        if (decoded != Decoding::Done) return decoded;
    }
    return reader.failed() ? Decoding::Malformed : Decoding::Done;
}

struct Envelope {
    std::string_view type_meta;
    std::string_view raw;
};

std::optional<Envelope> open_envelope(std::string_view body) {
    if (!body.starts_with(kMagic)) return std::nullopt;
    WireReader reader(body.substr(kMagic.size()));
    Envelope envelope;
    while (const auto field = reader.next()) {
        if (field->type != WireType::Length) return std::nullopt;
        if (field->number == 1) envelope.type_meta = field->bytes;
        if (field->number == 2) envelope.raw = field->bytes;
    }
    if (reader.failed()) return std::nullopt;
    return envelope;
}

/// Protobuf does not say whether its strings are UTF-8; JSON text must be.
bool is_text(const Json& object) try {
    return !object.dump().empty();
} catch (const Json::type_error&) {
    return false;
}

Error not_understood(std::string_view kind) {
    return {
        Reason::UnsupportedMediaType,
        fmt::format("a {} is not understood in protobuf as it was sent: send JSON", kind)};
}

Error not_protobuf() {
    return bad_request("the body of the request is not a valid protobuf object");
}

}  // namespace

Result<Json> decode_protobuf(std::string_view body) {
    const auto envelope = open_envelope(body);
    if (!envelope) return not_protobuf();
    Json object = Json::object();
    if (decode_message(type_meta_message(), envelope->type_meta, object) != Decoding::Done) {
        return not_protobuf();
    }
    const auto kind = object.value("kind", "");
    const auto* message = find_protobuf_message(kind);
    if (message == nullptr) return not_understood(kind);
    const auto decoded = decode_message(*message, envelope->raw, object);
    if (decoded == Decoding::Unknown) return not_understood(kind);
    if (decoded == Decoding::Malformed) return not_protobuf();
    if (!is_text(object)) return not_protobuf();
    return object;
}

}  // namespace picket::apiserver
