#include "common/api/plain_kind.hpp"

#include <utility>

namespace picket {

Resource plain_kind(
    std::vector<std::string_view> group_versions,
    std::string_view plural,
    std::string_view singular,
    std::string_view kind,
    Scope scope,
    std::vector<std::string_view> short_names) {
    return {
        .plural = plural,
        .singular = singular,
        .kind = kind,
        .namespaced = scope == Scope::Namespace,
        .group_versions = std::move(group_versions),
        .short_names = std::move(short_names),
        .categories = {},
        .verbs =
            {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"},
        .subresources = {}};
}

Resource with_verbs(Resource resource, std::vector<std::string_view> verbs) {
    resource.verbs = std::move(verbs);
    return resource;
}

Resource with_subresources(Resource resource, std::vector<Subresource> subresources) {
    resource.subresources = std::move(subresources);
    return resource;
}

Resource with_status(Resource resource) {
    resource.subresources.push_back({"status", "", resource.kind, {"get", "patch", "update"}});
    return resource;
}

Resource in_category(Resource resource, std::string_view category) {
    resource.categories.push_back(category);
    return resource;
}

}  // namespace picket
