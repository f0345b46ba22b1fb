#include "apiserver/routes/plan_warnings.hpp"

#include "apiserver/registry/document.hpp"
#include "common/api/pod_resources.hpp"
#include "common/base/json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

using daemonset::HostAction;

/// The pods of other sets, and of none, that stay on a node.
std::vector<Json> other_pods_on(
    const storage::Store& store, const std::string& node, const DaemonSetSurvey& survey) {
    storage::Filter filter;
    filter.field = {"spec.nodeName", node};
    std::vector<Json> others;
    for (const auto& object : store.list("pods", filter, 0, std::nullopt).objects) {
        auto pod = parse_json(*object->bytes);
        const auto phase = registry::text_at(pod, {"status", "phase"});
        const bool ended = phase == "Failed" || phase == "Succeeded";
        const auto uid = registry::text_at(pod, {"metadata", "uid"});
        if (!ended && !survey.statuses.contains(uid)) others.push_back(std::move(pod));
    }
    return others;
}

std::string name_of(const Json& pod) {
    return registry::text_at(pod, {"metadata", "namespace"}) + "/" +
           registry::text_at(pod, {"metadata", "name"});
}

/// One warning with the first few hosts, however many there are.
class Gathered {
public:
    void add(const std::string& node, const std::string& detail) {
        if (count_++ < kNamed) named_.push_back(node + " (" + detail + ")");
    }
    void finish(std::string_view what, std::vector<std::string>& warnings) const {
        if (count_ == 0) return;
        auto text = fmt::format("{}: {}", what, fmt::join(named_, ", "));
        if (count_ > named_.size()) text += fmt::format(" and {} more", count_ - named_.size());
        warnings.push_back(std::move(text));
    }

private:
    static constexpr std::size_t kNamed = 3;
    std::size_t count_ = 0;
    std::vector<std::string> named_;
};

void find_port_clash(
    const std::vector<std::string>& wanted,
    const std::vector<Json>& others,
    const std::string& node,
    Gathered& clashes) {
    for (const auto& other : others) {
        for (const auto& port : host_ports(registry::at(other, {"spec"}))) {
            if (std::ranges::find(wanted, port) == wanted.end()) continue;
            clashes.add(node, fmt::format("{} is taken by {}", port, name_of(other)));
            return;
        }
    }
}

void find_over_commit(
    const ResourceList& wanted, const std::vector<Json>& others, const Json& node, Gathered& full) {
    for (const auto* resource : {"cpu", "memory"}) {
        const auto need = wanted.find(resource);
        const auto room =
            Quantity::from_json(registry::at(node, {"status", "allocatable", resource}));
        if (need == wanted.end() || !room) continue;
        auto used = need->second;
        for (const auto& other : others) {
            const auto requests = effective_requests(registry::at(other, {"spec"}));
            if (const auto found = requests.find(resource); found != requests.end())
                used += found->second;
        }
        if (used <= *room) continue;
        full.add(
            registry::text_at(node, {"metadata", "name"}),
            fmt::format("{}: {} of {}", resource, used.to_string(), room->to_string()));
        return;
    }
}

void warn_of_hosts(
    const storage::Store& store,
    const Json& set,
    const DaemonSetSurvey& survey,
    const std::vector<daemonset::HostPreview>& previews,
    std::vector<std::string>& warnings) {
    const auto& spec = registry::at(set, {"spec", "template", "spec"});
    const auto ports = host_ports(spec);
    const auto requests = effective_requests(spec);
    if (ports.empty() && requests.empty()) return;
    Gathered clashes;
    Gathered full;
    for (const auto& preview : previews) {
        const bool new_pod =
            preview.action == HostAction::Gains || preview.action == HostAction::Restarts;
        if (!new_pod) continue;
        const auto others = other_pods_on(store, preview.node, survey);
        find_port_clash(ports, others, preview.node, clashes);
        const auto node = store.get({"nodes", "", preview.node});
        if (node) find_over_commit(requests, others, parse_json(*node->bytes), full);
    }
    clashes.finish("host ports are taken, the agent will refuse the pod", warnings);
    full.finish("nodes lack room, the agent will refuse the pod", warnings);
}

/// Two sets whose selectors meet: the first to adopt a pod keeps it.
void warn_of_overlap(
    const storage::Store& store, const DaemonSet& set, std::vector<std::string>& warnings) {
    storage::Filter filter;
    filter.namespace_name = set.meta.namespace_name;
    for (const auto& object : store.list("daemonsets.apps", filter, 0, std::nullopt).objects) {
        if (object->key.name == set.meta.name) continue;
        const auto other = DaemonSet::parse(parse_json(*object->bytes));
        const bool takes = set.selector && set.selector->matches(other.pod_template.labels);
        const bool taken = other.selector && other.selector->matches(set.pod_template.labels);
        if (!takes && !taken) continue;
        warnings.push_back(fmt::format(
            "the selector {} the pods of DaemonSet {}",
            takes && taken ? "meets" : (takes ? "takes" : "leaves its pods to"),
            object->key.name));
    }
}

}  // namespace

std::vector<std::string> host_ports(const Json& pod_spec) {
    std::vector<std::string> ports;
    const bool host_network = json_read::boolean(pod_spec, "hostNetwork");
    for (const auto& container : json_read::member(pod_spec, "containers")) {
        for (const auto& port : json_read::member(container, "ports")) {
            auto number = json_read::integer(port, "hostPort");
            if (number == 0 && host_network) number = json_read::integer(port, "containerPort");
            if (number == 0) continue;
            const auto protocol = json_read::text(port, "protocol");
            ports.push_back(fmt::format("{}/{}", number, protocol.empty() ? "TCP" : protocol));
        }
    }
    return ports;
}

std::vector<std::string> warnings_of_plan(
    const storage::Store& store,
    const Json& set,
    const DaemonSetSurvey& survey,
    const std::vector<daemonset::HostPreview>& previews) {
    std::vector<std::string> warnings;
    const bool none = std::ranges::none_of(
        survey.situations, [](const auto& each) { return each.placement.should_run; });
    if (none) warnings.emplace_back("no node matches: the set would run nowhere");
    warn_of_hosts(store, set, survey, previews, warnings);
    warn_of_overlap(store, survey.set, warnings);
    if (survey.bare_pods > 0) {
        warnings.push_back(fmt::format(
            "the selector matches {} pods that no controller owns: the set takes them over",
            survey.bare_pods));
    }
    return warnings;
}

}  // namespace picket::apiserver
