#pragma once
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace picket::apiserver {

/// A request body as a document.
struct DecodedBody {
    Json document;
    std::vector<std::string> duplicate_fields;  ///< paths; looked for only when asked
};

/// Documents nest no deeper than this: what comes after works on them recursively.
inline constexpr std::size_t kMaxBodyDepth = 256;

/// One YAML document, or JSON, which is YAML.
[[nodiscard]] Result<DecodedBody> parse_yaml_body(std::string_view body, bool find_duplicates);
/// JSON text. BadRequest if it is none, or nests too deep.
[[nodiscard]] Result<DecodedBody> parse_json_body(std::string_view body, bool find_duplicates);
/// JSON, YAML or Kubernetes' protobuf envelope, by the media type; an empty media type is JSON, an
/// empty body null. UnsupportedMediaType for any other.
[[nodiscard]] Result<DecodedBody> decode_body(
    std::string_view media_type, std::string_view body, bool find_duplicates);

}  // namespace picket::apiserver
