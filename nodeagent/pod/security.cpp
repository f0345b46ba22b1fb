#include "nodeagent/pod/security.hpp"

#include "nodeagent/pod/security_profile.hpp"

#include <algorithm>
#include <cctype>

namespace picket::nodeagent {
namespace {

Error config_error(std::string message) {
    return Error{.reason = Reason::Invalid, .message = std::move(message)};
}

template <class T>
std::optional<T> first_of(const std::optional<T>& own, const std::optional<T>& inherited) {
    return own ? own : inherited;
}

/// Manifests write ALL, all and CAP_NET_ADMIN; the engine wants them alike.
std::vector<std::string> capability_names(const std::vector<std::string>& names) {
    std::vector<std::string> result;
    for (auto name : names) {
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
            return std::toupper(c);
        });
        if (name.starts_with("CAP_")) name.erase(0, 4);
        result.push_back(std::move(name));
    }
    return result;
}

Result<std::string> user_text(const Pod& pod, const Container& container) {
    const auto user = first_of(container.security.run_as_user, pod.spec.security.run_as_user);
    const auto group = first_of(container.security.run_as_group, pod.spec.security.run_as_group);
    if (group && !user) return config_error("runAsGroup is specified without a runAsUser");
    if (!user) return std::string();
    return group ? std::to_string(*user) + ":" + std::to_string(*group) : std::to_string(*user);
}

bool is_number(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isdigit(c) != 0;
    });
}

Result<void> check_image_user(const std::string& image_user) {
    const auto user = image_user.substr(0, image_user.find(':'));
    if (user.empty() || user == "0" || user == "root") {
        return config_error("container has runAsNonRoot and image will run as root");
    }
    if (!is_number(user)) {
        return config_error(
            "container has runAsNonRoot and image has non-numeric user (" + user +
            "), cannot verify user is non-root");
    }
    return Ok();
}

Result<void> check_non_root(const Pod& pod, const Container& container, const ImageInfo& image) {
    if (!first_of(container.security.run_as_non_root, pod.spec.security.run_as_non_root)
             .value_or(false))
        return Ok();
    const auto user = first_of(container.security.run_as_user, pod.spec.security.run_as_user);
    if (!user) return check_image_user(image.user);
    if (*user == 0) return config_error("container's runAsUser breaks non-root policy");
    return Ok();
}

void add_app_armor(std::vector<std::string>& options, const Pod& pod, const Container& container) {
    const auto profile = app_armor_of(pod, container);
    if (!profile || profile->type == "RuntimeDefault") return;
    const bool local = profile->type == "Localhost";
    options.push_back("apparmor=" + (local ? profile->localhost_profile : "unconfined"));
}

void add_selinux(std::vector<std::string>& options, const Pod& pod, const Container& container) {
    const auto label = first_of(container.security.selinux, pod.spec.security.selinux);
    if (!label) return;
    const auto add = [&](std::string_view part, const std::string& value) {
        if (!value.empty()) options.push_back("label=" + std::string(part) + ":" + value);
    };
    add("user", label->user);
    add("role", label->role);
    add("type", label->type);
    add("level", label->level);
}

std::vector<std::string> security_options(
    const Pod& pod, const Container& container, const std::string& seccomp_json) {
    std::vector<std::string> options;
    if (container.security.allow_privilege_escalation == false)
        options.emplace_back("no-new-privileges");
    const auto seccomp = seccomp_of(pod, container);
    if (seccomp && seccomp->type == "Unconfined") options.emplace_back("seccomp=unconfined");
    if (!seccomp_json.empty()) options.push_back("seccomp=" + seccomp_json);
    add_app_armor(options, pod, container);
    add_selinux(options, pod, container);
    return options;
}

std::vector<std::string> group_names(const PodSecurityContext& security) {
    std::vector<std::string> groups;
    for (const auto group : security.supplemental_groups) groups.push_back(std::to_string(group));
    if (security.fs_group) groups.push_back(std::to_string(*security.fs_group));
    return groups;
}

}  // namespace

Result<ContainerSecurity> engine_security(
    const Pod& pod,
    const Container& container,
    const ImageInfo& image,
    const std::string& seccomp_json) {
    if (auto allowed = check_non_root(pod, container, image); !allowed) return allowed.error();
    auto user = user_text(pod, container);
    if (!user) return user.error();
    return ContainerSecurity{
        .privileged = container.security.privileged,
        .read_only_root = container.security.read_only_root,
        .unmasked_proc = container.security.unmasked_proc,
        .user = std::move(*user),
        .groups = group_names(pod.spec.security),
        .add_capabilities = capability_names(container.security.add_capabilities),
        .drop_capabilities = capability_names(container.security.drop_capabilities),
        .options = security_options(pod, container, seccomp_json),
    };
}

}  // namespace picket::nodeagent
