#pragma once
/// How server-side apply changes a document. Pure; knows nothing of who manages what.
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/schema/field_set.hpp"
#include "common/schema/schema.hpp"

namespace picket::schema {

/// The document with everything that `config` sets. Lists merge by their keys and stand in the
/// order of `config`; what only the document has stays before the elements that it stood before:
///
///     document [a b c], config [n b]    → [a n b c]
///     document [a b c], config [c a]    → [b c a]
///
/// BadRequest for an element of `config` without its key, or with that of another one.
[[nodiscard]] Result<Json> apply_merge(const Type& type, Json document, const Json& config);

/// Takes given-up fields out of a document, but nothing at or below which `kept` has a field. What
/// becomes empty by that goes too.
void remove_fields(
    const Type& type, Json& document, const FieldSet& given_up, const FieldSet& kept);

}  // namespace picket::schema
