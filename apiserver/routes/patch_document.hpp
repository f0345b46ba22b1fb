#pragma once
#include "apiserver/routes/body.hpp"
#include "common/api/resource.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace picket::apiserver {

enum class PatchKind { StrategicMerge, Merge, Json };

struct PatchDocument {
    PatchKind kind;
    Json document;
    std::vector<std::string> duplicate_fields = {};  ///< paths; looked for only when asked
};

/// UnsupportedMediaType for what is not a patch, and for server-side apply.
[[nodiscard]] Result<PatchDocument> parse_patch(
    std::string_view media_type, std::string_view body, bool find_duplicates);

/// The patched document in the client's version. Pure.
[[nodiscard]] Result<DecodedBody> apply_patch(
    const PatchDocument& patch,
    const Resource& resource,
    std::string_view group_version,
    const Json& stored);

}  // namespace picket::apiserver
