#pragma once
#include "common/base/json.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace picket::schema {

/// What tells an element of a merged list from the others: the value of its merge key, or with an
/// empty key itself.
[[nodiscard]] const Json& identity(const Json& element, const std::string& key);

/// Identity → position of its first element. Elements that lack the key must have been refused
/// before.
using Positions = std::map<Json, std::size_t>;
[[nodiscard]] Positions positions(const Json& list, const std::string& key);

/// Puts a merged list in order. The elements that `wanted` names stand in its order; each of the
/// others stays before the next named one if both were in `before` in this order. So what is new
/// goes first:
///
///     before [a b c], wanted [n]      → [n a b c]
///     before [a b c], wanted [c a]    → [b c a]
///     before [a b c], wanted [c n a]  → [b c n a]
///
/// Kubernetes does the same, except that there an added element may take the place of one that the
/// same patch deletes.
[[nodiscard]] Json in_order(
    const Json& merged, const Json& wanted, const Json& before, const std::string& key);

}  // namespace picket::schema
