#include "apiserver/registry/pod_spec/container_validation.hpp"
#include "apiserver/registry/pod_spec/placement_validation.hpp"
#include "apiserver/registry/pod_spec/pod_spec.hpp"
#include "apiserver/registry/pod_spec/volume_validation.hpp"
#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <arpa/inet.h>
#include <array>

namespace picket::registry {
namespace {

using NameCheck = NameProblems (*)(std::string_view);

void check_text(
    const Json& spec,
    const char* key,
    NameCheck check,
    const std::string& path,
    FieldErrors& errors) {
    const auto text = json_read::text(spec, key);
    if (!text.empty()) add_problems(check(text), field::child(path, key), text, errors);
}

void validate_names(const Json& spec, const std::string& path, FieldErrors& errors) {
    check_text(spec, "nodeName", check_dns_subdomain, path, errors);
    check_text(spec, "hostname", check_dns_label, path, errors);
    check_text(spec, "subdomain", check_dns_label, path, errors);
    check_text(spec, "serviceAccountName", check_dns_subdomain, path, errors);
    check_text(spec, "priorityClassName", check_dns_subdomain, path, errors);
}

void validate_node_selector(const Json& selector, const std::string& path, FieldErrors& errors) {
    if (!selector.is_object()) return;
    for (const auto& [key, value] : selector.items()) {
        add_problems(check_qualified_name(key), path, key, errors);
        add_problems(check_label_value(value.get_ref<const std::string&>()), path, value, errors);
    }
}

void validate_seconds(const Json& spec, const std::string& path, FieldErrors& errors) {
    check_not_negative(spec, "terminationGracePeriodSeconds", path, errors);
    const auto& deadline = member(spec, "activeDeadlineSeconds");
    if (deadline.is_null() || (deadline >= 1 && deadline <= 2147483647)) return;
    errors.push_back(field::invalid(
        field::child(path, "activeDeadlineSeconds"),
        deadline,
        "must be between 1 and 2147483647, inclusive"));
}

void validate_dns(const Json& spec, const std::string& path, FieldErrors& errors) {
    const auto& servers = member(member(spec, "dnsConfig"), "nameservers");
    if (json_read::text(spec, "dnsPolicy") == "None" && servers.empty()) {
        errors.push_back(field::required(
            field::child(path, "dnsConfig.nameservers"),
            "must provide at least one DNS nameserver when `dnsPolicy` is None"));
    }
}

bool is_ip_address(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

void validate_host_alias(const Json& alias, const std::string& path, FieldErrors& errors) {
    const auto ip = json_read::text(alias, "ip");
    if (!ip.empty() && !is_ip_address(ip)) {
        errors.push_back(
            field::invalid(field::child(path, "ip"), ip, "must be a valid IP address"));
    }
    for_each(
        member(alias, "hostnames"),
        field::child(path, "hostnames"),
        [&](const Json& name, const std::string& here) {
            add_problems(
                check_dns_subdomain(name.get_ref<const std::string&>()), here, name, errors);
        });
}

void validate_pod_security(const Json& spec, const std::string& path, FieldErrors& errors) {
    const auto& context = member(spec, "securityContext");
    for (const auto* key : {"runAsUser", "runAsGroup", "fsGroup"}) {
        check_not_negative(context, key, field::child(path, "securityContext"), errors);
    }
    if (json_read::boolean(spec, "hostPID") && json_read::boolean(spec, "shareProcessNamespace")) {
        errors.push_back(field::invalid(
            field::child(path, "shareProcessNamespace"),
            true,
            "cannot be set together with `hostPID`"));
    }
}

}  // namespace

void validate_pod_spec(
    const Json& spec, const std::string& path, PodSpecUse use, FieldErrors& errors) {
    const auto volumes =
        validate_volumes(member(spec, "volumes"), field::child(path, "volumes"), errors);
    validate_containers(spec, path, use, volumes, errors);
    validate_names(spec, path, errors);
    validate_seconds(spec, path, errors);
    validate_dns(spec, path, errors);
    validate_pod_security(spec, path, errors);
    validate_node_selector(
        member(spec, "nodeSelector"), field::child(path, "nodeSelector"), errors);
    validate_node_affinity(
        member(member(spec, "affinity"), "nodeAffinity"),
        field::child(path, "affinity.nodeAffinity"),
        AffinityForm::Field,
        errors);
    validate_tolerations(member(spec, "tolerations"), field::child(path, "tolerations"), errors);
    for_each(
        member(spec, "hostAliases"),
        field::child(path, "hostAliases"),
        [&](const Json& alias, const std::string& here) {
            validate_host_alias(alias, here, errors);
        });
}

}  // namespace picket::registry
