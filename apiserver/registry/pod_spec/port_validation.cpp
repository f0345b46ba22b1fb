#include "apiserver/registry/pod_spec/container_validation.hpp"
#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

void validate_port_name(
    const Json& port, const std::string& path, Names& taken, FieldErrors& errors) {
    const auto name = json_read::text(port, "name");
    if (name.empty()) return;
    const auto here = field::child(path, "name");
    add_problems(check_port_name(name), here, name, errors);
    if (!taken.insert(name).second) errors.push_back(field::duplicate(here, name));
}

void validate_port_numbers(const Json& port, const std::string& path, FieldErrors& errors) {
    if (const auto& number = member(port, "containerPort"); number == 0) {
        errors.push_back(field::required(field::child(path, "containerPort")));
    } else if (!number.is_null() && !is_port_number(number)) {
        errors.push_back(field::invalid(field::child(path, "containerPort"), number, kPortRange));
    }
    const auto& host_port = member(port, "hostPort");
    if (!host_port.is_null() && host_port != 0 && !is_port_number(host_port)) {
        errors.push_back(field::invalid(field::child(path, "hostPort"), host_port, kPortRange));
    }
}

std::string host_port_key(const Json& port) {
    return fmt::format(
        "{}/{}/{}",
        json_read::text(port, "protocol"),
        json_read::text(port, "hostIP"),
        json_read::integer(port, "hostPort"));
}

void validate_host_port(
    const Json& port,
    const std::string& path,
    bool host_network,
    Names& taken,
    FieldErrors& errors) {
    const auto& host_port = member(port, "hostPort");
    if (host_port.is_null() || host_port == 0) return;
    if (!taken.insert(host_port_key(port)).second) {
        errors.push_back(field::duplicate(field::child(path, "hostPort"), host_port));
    }
    const auto& number = member(port, "containerPort");
    if (host_network && number != host_port) {
        errors.push_back(field::invalid(
            field::child(path, "containerPort"),
            number,
            "must match `hostPort` when `hostNetwork` is true"));
    }
}

}  // namespace

bool is_port_number(const Json& value) {
    return value.is_number_integer() && value >= 1 && value <= 65535;
}

void validate_ports(const Json& ports, const std::string& path, FieldErrors& errors) {
    Names names;
    for_each(ports, path, [&](const Json& port, const std::string& here) {
        validate_port_name(port, here, names, errors);
        validate_port_numbers(port, here, errors);
    });
}

void validate_host_ports(const Json& spec, const std::string& path, FieldErrors& errors) {
    const bool host_network = json_read::boolean(spec, "hostNetwork");
    Names taken;
    const auto check_container = [&](const Json& container, const std::string& here) {
        for_each(
            member(container, "ports"),
            field::child(here, "ports"),
            [&](const Json& port, const std::string& at) {
                validate_host_port(port, at, host_network, taken, errors);
            });
    };
    for_each(member(spec, "containers"), field::child(path, "containers"), check_container);
    // Init containers run before the others, one at a time: each may use a port again.
    for_each(
        member(spec, "initContainers"),
        field::child(path, "initContainers"),
        [&](const Json& container, const std::string& here) {
            taken.clear();
            check_container(container, here);
        });
}

}  // namespace picket::registry
