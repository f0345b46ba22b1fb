#pragma once
#include "common/schema/field_set.hpp"

namespace picket::registry {

/// Takes out what nobody manages: the identity of the object and what the server keeps itself.
void drop_untracked(schema::FieldSet& fields);
/// Leaves only what belongs to a subresource: the status, or without one everything else.
void keep_scope(schema::FieldSet& fields, bool status);

}  // namespace picket::registry
