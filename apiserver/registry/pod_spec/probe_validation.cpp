#include "apiserver/registry/pod_spec/container_validation.hpp"
#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <span>

namespace picket::registry {
namespace {

constexpr const char* kProbeHandlers[] = {"exec", "httpGet", "tcpSocket", "grpc"};
constexpr const char* kHookHandlers[] = {"exec", "httpGet", "tcpSocket", "sleep"};

/// A number, or the name of one of the container's ports.
void validate_port(const Json& action, const std::string& path, FieldErrors& errors) {
    const auto& port = member(action, "port");
    if (port.is_null()) return;
    const auto here = field::child(path, "port");
    if (port.is_string()) {
        add_problems(check_port_name(port.get_ref<const std::string&>()), here, port, errors);
    } else if (!is_port_number(port)) {
        errors.push_back(field::invalid(here, port, kPortRange));
    }
}

void validate_one_handler(
    const Json& parent,
    const std::string& path,
    std::span<const char* const> handlers,
    FieldErrors& errors) {
    bool found = false;
    for (const auto* handler : handlers) {
        if (!has(parent, handler)) continue;
        const auto here = field::child(path, handler);
        if (found)
            errors.push_back(field::forbidden(here, "may not specify more than 1 handler type"));
        found = true;
        validate_port(member(parent, handler), here, errors);
    }
    if (!found) errors.push_back(field::required(path, "must specify a handler type"));
}

void require_single_success(const Json& probe, const std::string& path, FieldErrors& errors) {
    const auto& threshold = member(probe, "successThreshold");
    if (threshold.is_null() || threshold == 1) return;
    errors.push_back(
        field::invalid(field::child(path, "successThreshold"), threshold, "must be 1"));
}

void validate_grace(
    const Json& probe, const std::string& path, bool readiness, FieldErrors& errors) {
    const auto& grace = member(probe, "terminationGracePeriodSeconds");
    if (grace.is_null()) return;
    const auto here = field::child(path, "terminationGracePeriodSeconds");
    if (readiness) {
        errors.push_back(field::invalid(here, grace, "must not be set for readinessProbes"));
    } else if (grace < 1) {
        errors.push_back(field::invalid(here, grace, "must be greater than 0"));
    }
}

void validate_probe(
    const Json& container, const char* key, const std::string& parent, FieldErrors& errors) {
    const auto& probe = member(container, key);
    if (probe.is_null()) return;
    const auto path = field::child(parent, key);
    const bool readiness = std::string_view(key) == "readinessProbe";
    validate_one_handler(probe, path, kProbeHandlers, errors);
    for (const auto* number :
         {"initialDelaySeconds",
          "timeoutSeconds",
          "periodSeconds",
          "successThreshold",
          "failureThreshold"}) {
        check_not_negative(probe, number, path, errors);
    }
    validate_grace(probe, path, readiness, errors);
    if (!readiness) require_single_success(probe, path, errors);
}

}  // namespace

void validate_probes(const Json& container, const std::string& path, FieldErrors& errors) {
    for (const auto* key : {"livenessProbe", "readinessProbe", "startupProbe"}) {
        validate_probe(container, key, path, errors);
    }
}

void validate_lifecycle(const Json& lifecycle, const std::string& path, FieldErrors& errors) {
    for (const auto* hook : {"postStart", "preStop"}) {
        if (!has(lifecycle, hook)) continue;
        validate_one_handler(
            member(lifecycle, hook), field::child(path, hook), kHookHandlers, errors);
    }
}

}  // namespace picket::registry
