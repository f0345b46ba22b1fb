/// Rows of the kinds that stand beside a DaemonSet.
#include "apiserver/registry/document.hpp"
#include "apiserver/registry/tables/cells.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::registry {
namespace {

constexpr std::size_t kShownEndpoints = 3;

/// "a,b,c + 4 more..."
std::string shortened(const std::vector<std::string>& all) {
    if (all.size() <= kShownEndpoints) return or_none(fmt::format("{}", fmt::join(all, ",")));
    const std::vector<std::string> shown(all.begin(), all.begin() + kShownEndpoints);
    return fmt::format("{} + {} more...", fmt::join(shown, ","), all.size() - kShownEndpoints);
}

/// "80/TCP,443:30443/TCP"
std::string ports_text(const Json& ports) {
    std::vector<std::string> texts;
    for (const auto& port : ports) {
        const auto node_port = json_read::integer(port, "nodePort");
        const auto via = node_port == 0 ? std::string() : fmt::format(":{}", node_port);
        texts.push_back(fmt::format(
            "{}{}/{}", json_read::integer(port, "port"), via, json_read::text(port, "protocol")));
    }
    return or_none(fmt::format("{}", fmt::join(texts, ",")));
}

std::string external_ip(const Json& service) {
    const auto& spec = member(service, "spec");
    if (json_read::text(spec, "type") == "ExternalName")
        return json_read::text(spec, "externalName");
    return or_none(fmt::format("{}", fmt::join(json_read::strings(spec, "externalIPs"), ",")));
}

/// "10.0.0.1:80" for every address and port of the ready ones.
std::vector<std::string> ready_addresses(const Json& subset) {
    std::vector<std::string> texts;
    const auto& ports = member(subset, "ports");
    for (const auto& address : member(subset, "addresses")) {
        const auto ip = json_read::text(address, "ip");
        if (ports.empty()) texts.push_back(ip);
        for (const auto& port : ports) {
            texts.push_back(fmt::format("{}:{}", ip, json_read::integer(port, "port")));
        }
    }
    return texts;
}

std::string value_text(const Json& value) {
    if (value.is_null()) return "N/A";
    return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string subjects_text(const Json& binding, std::string_view kind) {
    std::vector<std::string> names;
    for (const auto& subject : member(binding, "subjects")) {
        if (json_read::text(subject, "kind") != kind) continue;
        const auto scope = json_read::text(subject, "namespace");
        names.push_back((scope.empty() ? "" : scope + "/") + json_read::text(subject, "name"));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

Json service_cells(const Json& object, TimePoint now) {
    const auto& spec = member(object, "spec");
    return {
        name_cell(object),
        json_read::text(spec, "type"),
        or_none(json_read::text(spec, "clusterIP")),
        external_ip(object),
        ports_text(member(spec, "ports")),
        age_cell(object, now),
        or_none(labels_text(json_read::string_map(spec, "selector")))};
}

Json endpoints_cells(const Json& object, TimePoint now) {
    std::vector<std::string> addresses;
    for (const auto& subset : member(object, "subsets")) {
        for (auto& text : ready_addresses(subset)) addresses.push_back(std::move(text));
    }
    return {name_cell(object), shortened(addresses), age_cell(object, now)};
}

Json endpoint_slice_cells(const Json& object, TimePoint now) {
    std::vector<std::string> ports;
    for (const auto& port : member(object, "ports")) {
        ports.push_back(std::to_string(json_read::integer(port, "port")));
    }
    std::vector<std::string> addresses;
    for (const auto& endpoint : member(object, "endpoints")) {
        for (auto& text : json_read::strings(endpoint, "addresses")) {
            addresses.push_back(std::move(text));
        }
    }
    return {
        name_cell(object),
        text_at(object, {"addressType"}),
        ports.empty() ? "<unset>" : shortened(ports),
        addresses.empty() ? "<unset>" : shortened(addresses),
        age_cell(object, now)};
}

Json network_policy_cells(const Json& object, TimePoint now) {
    return {
        name_cell(object),
        or_none(selector_text(at(object, {"spec", "podSelector"}))),
        age_cell(object, now)};
}

Json disruption_budget_cells(const Json& object, TimePoint now) {
    return {
        name_cell(object),
        value_text(at(object, {"spec", "minAvailable"})),
        value_text(at(object, {"spec", "maxUnavailable"})),
        json_read::integer(member(object, "status"), "disruptionsAllowed"),
        age_cell(object, now)};
}

Json priority_class_cells(const Json& object, TimePoint now) {
    return {
        name_cell(object),
        json_read::integer(object, "value"),
        json_read::boolean(object, "globalDefault"),
        age_cell(object, now),
        json_read::text(object, "preemptionPolicy")};
}

Json role_binding_cells(const Json& object, TimePoint now) {
    return {
        name_cell(object),
        fmt::format(
            "{}/{}", text_at(object, {"roleRef", "kind"}), text_at(object, {"roleRef", "name"})),
        age_cell(object, now),
        subjects_text(object, "User"),
        subjects_text(object, "Group"),
        subjects_text(object, "ServiceAccount")};
}

Json created_at_cells(const Json& object, TimePoint /*now*/) {
    return {name_cell(object), text_at(object, {"metadata", "creationTimestamp"})};
}

}  // namespace picket::registry
