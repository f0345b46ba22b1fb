#pragma once
#include "common/base/json.hpp"

#include <string>
#include <string_view>

namespace picket::apiserver {

/// What kubectl before 1.29 asks for, and what the answer is called: the `@` of the first is no
/// media type.
inline constexpr std::string_view kAskedOpenapiProtobuf =
    "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
inline constexpr std::string_view kOpenapiProtobuf =
    "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/// A Swagger 2.0 document as the protobuf message `openapi.v2.Document`. Extensions, defaults and
/// enumerations go as YAML inside of it, as the message wants them.
[[nodiscard]] std::string encode_openapi(const Json& document);

}  // namespace picket::apiserver
