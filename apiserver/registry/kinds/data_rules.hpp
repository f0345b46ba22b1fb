#pragma once
/// What ConfigMap and Secret have in common.
#include "apiserver/registry/document.hpp"

#include <initializer_list>

namespace picket::registry {

/// Keys of `data` and `binaryData`, and the size of all values together (1 MiB).
void validate_data(const Json& object, FieldErrors& errors);
/// Nothing about an immutable object may change, its being immutable included.
void validate_immutable(
    const Json& object,
    const Json& old,
    std::initializer_list<const char*> members,
    FieldErrors& errors);

}  // namespace picket::registry
