#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <tuple>

namespace picket::registry {
namespace {

constexpr std::int64_t kHighestPort = 65535;

bool is_external_name(const Json& service) {
    return text_at(service, {"spec", "type"}) == "ExternalName";
}

void check_port_number(const Json& port, const std::string& path, FieldErrors& errors) {
    if (port.is_number_integer() && port >= 1 && port <= kHighestPort) return;
    errors.push_back(field::invalid(path, port, "must be between 1 and 65535, inclusive"));
}

void validate_target(const Json& port, const std::string& path, FieldErrors& errors) {
    const auto& target = member(port, "targetPort");
    const auto where = field::child(path, "targetPort");
    if (target.is_string()) {
        const auto& name = target.get_ref<const std::string&>();
        add_problems(check_port_name(name), where, name, errors);
    } else {
        check_port_number(target, where, errors);
    }
}

/// Ports are told apart by name, and by number and protocol.
class PortRules {
public:
    PortRules(bool names_required, FieldErrors& errors)
        : names_required_(names_required), errors_(errors) {}

    void check(const Json& port, const std::string& path) {
        check_port_number(member(port, "port"), field::child(path, "port"), errors_);
        validate_target(port, path, errors_);
        check_name(json_read::text(port, "name"), field::child(path, "name"));
        const auto number = json_read::integer(port, "port");
        if (numbers_.emplace(number, json_read::text(port, "protocol")).second) return;
        errors_.push_back(field::duplicate(path, port));
    }

private:
    void check_name(const std::string& name, const std::string& path) {
        if (name.empty()) {
            if (names_required_) errors_.push_back(field::required(path));
            return;
        }
        add_problems(check_dns_label(name), path, name, errors_);
        if (!names_.insert(name).second) errors_.push_back(field::duplicate(path, name));
    }

    bool names_required_;
    FieldErrors& errors_;
    std::set<std::string> names_;
    std::set<std::pair<std::int64_t, std::string>> numbers_;
};

void default_cluster_ip(Json& spec) {
    if (text_at(spec, {"clusterIP"}).empty()) {
        const auto& all = member(spec, "clusterIPs");
        spec["clusterIP"] = all.is_array() && !all.empty() ? all.front() : Json("None");
    }
    spec["clusterIPs"] = Json::array({spec["clusterIP"]});
}

/// There is no service proxy, so a service without an address of its own is headless: its endpoints
/// are what is left of it. An address that somebody wrote down is kept, with a warning.
class ServiceStrategy final : public Strategy {
public:
    void default_object(Json& object, const RequestContext& /*context*/) const override {
        auto& spec = object_in(object, "spec");
        if (!is_external_name(object)) default_cluster_ip(spec);
        if (!member(spec, "ports").is_array()) return;
        for (auto& port : spec["ports"]) {
            const auto& target = member(port, "targetPort");
            if (target.is_null() || target == 0 || target == "") {
                port["targetPort"] = member(port, "port");
            }
        }
    }

    void prepare_for_create(Json& object, const RequestContext& /*context*/) const override {
        object["status"] = {{"loadBalancer", Json::object()}};
    }
    void prepare_for_update(
        Json& object, const Json& old, const RequestContext& /*context*/) const override {
        restore(object, old, "status");
    }

    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        const auto& spec = member(object, "spec");
        const auto& ports = member(spec, "ports");
        const bool headless = text_at(spec, {"clusterIP"}) == "None";
        if (ports.empty() && !headless && !is_external_name(object)) {
            errors.push_back(field::required("spec.ports"));
        }
        if (is_external_name(object) && text_at(spec, {"externalName"}).empty()) {
            errors.push_back(field::required("spec.externalName"));
        }
        PortRules rules(ports.size() > 1, errors);
        for_each(ports, "spec.ports", [&](const Json& port, const std::string& path) {
            rules.check(port, path);
        });
        return errors;
    }

    [[nodiscard]] std::vector<std::string> warnings(
        const Json& object, const RequestContext& /*context*/) const override {
        std::vector<std::string> texts;
        const auto type = text_at(object, {"spec", "type"});
        if (type == "NodePort" || type == "LoadBalancer") {
            texts.push_back(
                "spec.type: picket has no service proxy; a " + type +
                " service is only a list of its pods' addresses");
        }
        const auto address = text_at(object, {"spec", "clusterIP"});
        if (!address.empty() && address != "None") {
            texts.push_back(
                "spec.clusterIP: picket has no service proxy; nothing answers at " + address);
        }
        return texts;
    }

    [[nodiscard]] std::vector<std::pair<std::string, std::string>> selectable_fields(
        const Json& object) const override {
        return {
            {"spec.clusterIP", text_at(object, {"spec", "clusterIP"})},
            {"spec.type", text_at(object, {"spec", "type"})}};
    }
};

}  // namespace

const Strategy& service_strategy() {
    static const ServiceStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
