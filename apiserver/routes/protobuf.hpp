#pragma once
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <string_view>

namespace picket::apiserver {

inline constexpr std::string_view kProtobufMediaType = "application/vnd.kubernetes.protobuf";

/// Decodes Kubernetes' protobuf envelope into the JSON form of its object. kubectl 1.32 sends a few
/// kinds only this way; the messages known are a table in the source. Empty strings, maps and
/// sub-messages read as absent, unknown fields are skipped. UnsupportedMediaType for a kind that is
/// not in the table, BadRequest for bytes that are not protobuf.
[[nodiscard]] Result<Json> decode_protobuf(std::string_view body);

}  // namespace picket::apiserver
