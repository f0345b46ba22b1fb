#pragma once
#include "common/api/label_selector.hpp"

#include <string>
#include <vector>

namespace picket::apiserver {

/// What a request wants to do. For a path that names no resource only `verb` (the lower-case
/// method) and `path` are set.
struct AccessRequest {
    bool resource_request = false;
    std::string verb;
    std::string path;
    std::string group;
    std::string resource;
    std::string subresource;
    std::string namespace_name;
    std::string name;
    std::vector<FieldRequirement> field_selector;

    /// "pods", "nodes/status"
    [[nodiscard]] std::string qualified_resource() const;
    /// The one name that a request is about: from the URL, or for list and watch from the field
    /// selector.
    [[nodiscard]] std::string effective_name() const;
};

}  // namespace picket::apiserver
