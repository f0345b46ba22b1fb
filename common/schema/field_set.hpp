#pragma once
/// Sets of fields of an object, as server-side apply records who manages what (`fieldsV1`).
#include "common/base/json.hpp"
#include "common/schema/schema.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::schema {

/// A set of paths, as a tree. An edge is written as in fieldsV1:
///
///     f:name               a field of an object, a key of a map
///     k:{"name":"main"}    the element of a list with these keys
///     v:"x"                an element of a set
///
/// A path is in the set if its node is a `member`; a node without children is one, or it would not
/// be there.
struct FieldSet {
    std::map<std::string, FieldSet, std::less<>> children;
    bool member = false;

    [[nodiscard]] bool empty() const { return !member && children.empty(); }
    [[nodiscard]] const FieldSet* find(std::string_view edge) const;
    bool operator==(const FieldSet&) const = default;
};

[[nodiscard]] FieldSet union_of(FieldSet one, const FieldSet& other);
/// Path by path: what stands below a path of `other` stays.
[[nodiscard]] FieldSet difference_of(FieldSet one, const FieldSet& other);
[[nodiscard]] FieldSet intersection_of(const FieldSet& one, const FieldSet& other);

/// fieldsV1 and back. Nothing if the JSON is not of that form.
[[nodiscard]] Json format_field_set(const FieldSet& set);
[[nodiscard]] std::optional<FieldSet> parse_field_set(const Json& fields);

/// Each path as messages show it: `.spec.template.spec.containers[name="main"].image`.
[[nodiscard]] std::vector<std::string> paths_of(const FieldSet& set);

/// The fields that a document sets: leaves, empty objects and lists, elements of lists. What merges
/// as one piece (`atomic`) is one field. Fields without a schema are left out. `containers`: maps
/// and lists themselves, too.
[[nodiscard]] FieldSet fields_of(const Type& type, const Json& document, bool containers);

struct FieldChanges {
    FieldSet set;      ///< new, or with another value
    FieldSet removed;  ///< gone
};
/// Amounts and times are compared by what they mean.
[[nodiscard]] FieldChanges compare_fields(const Type& type, const Json& before, const Json& after);

}  // namespace picket::schema
