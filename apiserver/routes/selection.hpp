#pragma once
#include "apiserver/routes/query_options.hpp"
#include "apiserver/storage/store.hpp"
#include "common/api/resource.hpp"
#include "common/base/result.hpp"

#include <string>

namespace picket::apiserver {

/// What a list or watch of this kind selects. BadRequest for a field the kind cannot be selected
/// by. Pure.
[[nodiscard]] Result<storage::Filter> make_filter(
    const Resource& resource, const std::string& namespace_name, const ListOptions& options);

/// The opaque `continue` token: where a list goes on, and as of which version its first page was.
struct ContinueToken {
    storage::Revision revision = 0;
    std::string namespace_name;
    std::string name;
};
[[nodiscard]] std::string encode_continue_token(const ContinueToken& token);
/// BadRequest if it is not one of ours.
[[nodiscard]] Result<ContinueToken> decode_continue_token(std::string_view text);

}  // namespace picket::apiserver
