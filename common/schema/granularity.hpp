#pragma once
/// In what pieces server-side apply merges a value. Internal to common/schema.
#include "common/base/json.hpp"
#include "common/schema/schema.hpp"

#include <string>
#include <vector>

namespace picket::schema {

/// A value with its place in the schema: a field's, or an element of a field's list or map.
struct Place {
    const Field* field = nullptr;
    bool element = false;

    [[nodiscard]] Field::Kind kind() const { return element ? field->element_kind : field->kind; }
};

enum class Pieces {
    One,       ///< it is replaced as a whole
    Fields,    ///< an object: field by field
    Keys,      ///< a map: key by key
    Elements,  ///< a list: elements by their keys
    Values     ///< a set: value by value
};
/// How a value at this place merges. A value of the wrong JSON type merges as one.
[[nodiscard]] Pieces pieces_of(const Place& place, const Json& value);

/// The edge of an element in a FieldSet: `k:{"name":"main"}`. A key left out has the default the
/// schema gives it; without one the edge is empty.
[[nodiscard]] std::string element_edge(const Field& field, const Json& element);
[[nodiscard]] std::string value_edge(const Json& value);
/// The edge of each element; elements that have none, or that of one before, have an empty one.
[[nodiscard]] std::vector<std::string> edges_of(
    const Field& field, Pieces pieces, const Json& list);

/// Whether the two say the same at this place, in whatever form.
[[nodiscard]] bool same_value(const Place& place, const Json& one, const Json& other);

}  // namespace picket::schema
