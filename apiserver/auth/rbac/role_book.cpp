#include "apiserver/auth/rbac/role_book.hpp"

#include "common/base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

constexpr std::array<const char*, 2> kRoleResources = {
    "clusterroles.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io"};
constexpr std::array<const char*, 2> kBindingResources = {
    "clusterrolebindings.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"};

/// The views of all objects of both resources; what has not changed is not parsed again.
template <class View, class Views>
std::vector<std::shared_ptr<const View>> read_views(
    const storage::Store& store,
    const std::array<const char*, 2>& resources,
    View (*parse)(const Json&),
    Views& known) {
    Views present;
    std::vector<std::shared_ptr<const View>> views;
    for (const auto* resource : resources) {
        for (const auto& object : store.list(resource, {}, 0, std::nullopt).objects) {
            auto& entry = present[object->key];
            const auto before = known.find(object->key);
            if (before != known.end() && before->second.object == object) {
                entry = before->second;
            } else {
                entry = {object, std::make_shared<const View>(parse(parse_json(*object->bytes)))};
            }
            views.push_back(entry.view);
        }
    }
    known = std::move(present);
    return views;
}

}  // namespace

const RoleTable& RoleBook::table() const {
    const auto now = changes();
    if (seen_ != now) {
        refresh();
        seen_ = now;
    }
    return table_;
}

RoleBook::Changes RoleBook::changes() const {
    return {
        store_.changes(kRoleResources[0]),
        store_.changes(kRoleResources[1]),
        store_.changes(kBindingResources[0]),
        store_.changes(kBindingResources[1])};
}

void RoleBook::refresh() const {
    const auto roles = read_views<RoleView>(store_, kRoleResources, parse_role, roles_);
    const auto bindings =
        read_views<BindingView>(store_, kBindingResources, parse_binding, bindings_);
    table_ = RoleTable(roles, bindings);
}

}  // namespace picket::apiserver
