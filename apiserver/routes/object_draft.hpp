#pragma once
/// From what a client sent to an object in the stored version: the first half of every write. Pure.
#include "apiserver/registry/strategy.hpp"
#include "apiserver/routes/body.hpp"
#include "apiserver/routes/query_options.hpp"
#include "common/api/resource.hpp"
#include "common/base/error.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace picket::apiserver {

/// A decoded and defaulted object that may still break rules.
struct Draft {
    Json object;
    std::vector<FieldError>
        errors;  ///< of the schema; the caller adds its own and answers all at once
    std::vector<std::string>
        warnings;  ///< unknown and duplicate fields, under fieldValidation=Warn
    std::vector<std::string> stored_only;  ///< fields without effect here
};

/// What the URL says an object is.
struct ObjectIdentity {
    const Resource& resource;
    std::string group_version;
    std::string namespace_name;
    std::string name;  ///< empty on create
};

/// Fills in kind, apiVersion, namespace and name where the document leaves them out. BadRequest
/// where it says something else than the URL.
[[nodiscard]] Result<void> match_identity(const ObjectIdentity& identity, Json& document);

/// Checks the document against its schema by `options`, drops unknown fields (said in a warning or
/// an error, unless the client asked to ignore them), converts it to the stored version and fills
/// in defaults.
[[nodiscard]] Result<Draft> draft_object(
    const ObjectIdentity& identity,
    DecodedBody body,
    const WriteOptions& options,
    const registry::RequestContext& context);

}  // namespace picket::apiserver
