#pragma once
#include "common/api/resource.hpp"

#include <span>
#include <string_view>

namespace picket {

/// What is served without being stored: each request is answered by a handler of its own (a row of
/// the route table). Discovery shows them; lists over all stored kinds do not. In discovery order.
/// One without a kind is there for its subresources alone.
[[nodiscard]] std::span<const Resource> virtual_resources();

/// By path: ("authorization.k8s.io/v1", "selfsubjectaccessreviews"). Null if not served.
[[nodiscard]] const Resource* find_virtual_resource(
    std::string_view group_version, std::string_view plural);

}  // namespace picket
