#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace picket {

/// A subresource as discovery shows it. `group_version` and `kind` name the object it speaks.
struct Subresource {
    std::string_view name;           ///< "status"
    std::string_view group_version;  ///< empty: the parent's
    std::string_view kind;
    std::vector<std::string_view> verbs;
};

/// One kind the API serves. `group_versions` lists every group/version under which it is visible;
/// the first is the one it is stored in. The table in resource.cpp is the single list: discovery,
/// paths, CLI names and storage read it.
struct Resource {
    std::string_view
        plural;  ///< "daemonsets"; together with the stored group it is the storage key
    std::string_view singular;
    std::string_view kind;
    bool namespaced;
    std::vector<std::string_view> group_versions;  ///< {"apps/v1", "extensions/v1beta1"}, {"v1"}
    std::vector<std::string_view> short_names;
    std::vector<std::string_view> categories;
    std::vector<std::string_view> verbs;
    std::vector<Subresource> subresources;

    /// "apps", or "" for the core group, of the stored version.
    [[nodiscard]] std::string_view group() const;
    /// "daemonsets.apps", "pods": how messages and storage name it.
    [[nodiscard]] std::string qualified_name() const;
    [[nodiscard]] bool serves(std::string_view group_version) const;
    [[nodiscard]] bool allows(std::string_view verb) const;
};

/// In discovery order: core first.
[[nodiscard]] std::span<const Resource> all_resources();
/// By path: ("apps/v1", "daemonsets"). Null if not served.
[[nodiscard]] const Resource* find_resource(
    std::string_view group_version, std::string_view plural);
/// By kind: ("apps/v1", "DaemonSet").
[[nodiscard]] const Resource* find_resource_by_kind(
    std::string_view group_version, std::string_view kind);
/// By what people type: ds, daemonset, daemonsets, daemonsets.apps, DaemonSet, daemonsets.v1.apps.
[[nodiscard]] const Resource* find_resource_by_name(std::string_view name);

/// "/apis/apps/v1/namespaces/default/daemonsets/web/status"; empty parts are left out.
[[nodiscard]] std::string resource_path(
    std::string_view group_version,
    std::string_view plural,
    std::string_view namespace_name,
    std::string_view name = {},
    std::string_view subresource = {});

/// Splits "apps/v1" into {"apps", "v1"} and "v1" into {"", "v1"}.
struct GroupVersion {
    std::string_view group;
    std::string_view version;
};
[[nodiscard]] GroupVersion split_group_version(std::string_view group_version);

}  // namespace picket
