#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

constexpr std::string_view kRoleGroup = "rbac.authorization.k8s.io";

/// Users and groups belong to the group of the roles, service accounts to the core group.
void default_subject(Json& subject) {
    const auto kind = text_at(subject, {"kind"});
    if (kind == "User" || kind == "Group") {
        if (text_at(subject, {"apiGroup"}).empty()) subject["apiGroup"] = kRoleGroup;
    }
}

void validate_group(
    const Json& object, const std::string& path, std::string_view wanted, FieldErrors& errors) {
    const auto group = text_at(object, {"apiGroup"});
    if (group == wanted) return;
    errors.push_back(field::not_supported(field::child(path, "apiGroup"), group, {wanted}));
}

void validate_subject(const Json& subject, const std::string& path, FieldErrors& errors) {
    const auto kind = text_at(subject, {"kind"});
    if (kind == "ServiceAccount") {
        const auto name = text_at(subject, {"name"});
        add_problems(check_dns_subdomain(name), field::child(path, "name"), name, errors);
        if (text_at(subject, {"namespace"}).empty()) {
            errors.push_back(field::required(field::child(path, "namespace")));
        }
        validate_group(subject, path, "", errors);
    } else if (kind == "User" || kind == "Group") {
        validate_group(subject, path, kRoleGroup, errors);
    } else {
        errors.push_back(field::not_supported(
            field::child(path, "kind"), kind, {"ServiceAccount", "User", "Group"}));
    }
}

class RoleBindingStrategy final : public Strategy {
public:
    void default_object(Json& object, const RequestContext& /*context*/) const override {
        if (!member(object, "subjects").is_array()) return;
        for (auto& subject : object["subjects"]) default_subject(subject);
    }

    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        const auto& role = member(object, "roleRef");
        validate_group(role, "roleRef", kRoleGroup, errors);
        const auto kind = text_at(role, {"kind"});
        const bool namespaced = text_at(object, {"kind"}) == "RoleBinding";
        if (kind != "ClusterRole" && !(namespaced && kind == "Role")) {
            errors.push_back(
                namespaced ? field::not_supported("roleRef.kind", kind, {"Role", "ClusterRole"})
                           : field::not_supported("roleRef.kind", kind, {"ClusterRole"}));
        }
        for_each(
            member(object, "subjects"),
            "subjects",
            [&](const Json& subject, const std::string& path) {
                validate_subject(subject, path, errors);
            });
        return errors;
    }

    [[nodiscard]] FieldErrors validate_update(
        const Json& object, const Json& old, const RequestContext& /*context*/) const override {
        if (member(object, "roleRef") == member(old, "roleRef")) return {};
        return {field::invalid("roleRef", member(object, "roleRef"), "cannot change roleRef")};
    }
};

}  // namespace

const Strategy& role_binding_strategy() {
    static const RoleBindingStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
