#pragma once
/// Rows of the table of resources, made from what most of them share. Internal to common/api.
#include "common/api/resource.hpp"

#include <string_view>
#include <vector>

namespace picket {

enum class Scope { Cluster, Namespace };

/// A kind with all verbs, no category and no subresource.
[[nodiscard]] Resource plain_kind(
    std::vector<std::string_view> group_versions,
    std::string_view plural,
    std::string_view singular,
    std::string_view kind,
    Scope scope,
    std::vector<std::string_view> short_names = {});

[[nodiscard]] Resource with_verbs(Resource resource, std::vector<std::string_view> verbs);
[[nodiscard]] Resource with_subresources(Resource resource, std::vector<Subresource> subresources);
/// After those it has already: they are listed by name.
[[nodiscard]] Resource with_status(Resource resource);
[[nodiscard]] Resource in_category(Resource resource, std::string_view category);

}  // namespace picket
