#include "controller/endpoints/endpoints_plan.hpp"
#include "controller/endpoints/service_addresses.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace picket::controller {
namespace {

/// Endpoints of one slice share the family of their addresses and their ports.
struct SliceGroup {
    std::string address_type;
    Json ports;
    std::map<std::string, Json> endpoints;  ///< by pod uid; those not placed yet
};

std::string family_of(const std::string& ip) {
    return ip.find(':') == std::string::npos ? "IPv4" : "IPv6";
}

std::string group_key(const std::string& address_type, const Json& ports) {
    return address_type + " " + ports.dump();
}

Json endpoint_of(const Service& service, const Pod& pod) {
    const bool terminating = pod.meta.deleting();
    Json endpoint = {
        {"addresses", Json::array({pod.ip})},
        {"conditions",
         {{"ready", counts_as_ready(service, pod)},
          {"serving", pod.ready},
          {"terminating", terminating}}},
        {"targetRef", pod_reference(pod)}};
    if (!pod.node_name.empty()) endpoint["nodeName"] = pod.node_name;
    return endpoint;
}

std::map<std::string, SliceGroup> group_pods(const Service& service, const ServicePods& pods) {
    std::map<std::string, SliceGroup> groups;
    for (const auto& pod : pods) {
        if (!has_address(*pod)) continue;
        auto ports = ports_on(service, *pod);
        auto type = family_of(pod->ip);
        auto& group = groups[group_key(type, ports)];
        group.address_type = std::move(type);
        group.ports = std::move(ports);
        group.endpoints[pod->meta.uid] = endpoint_of(service, *pod);
    }
    return groups;
}

Json slice_labels(const Service& service) {
    Json labels = service.meta.labels;
    if (labels.is_null()) labels = Json::object();
    labels[std::string(kServiceNameLabel)] = service.meta.name;
    labels[std::string(kManagedByLabel)] = kSliceManager;
    return labels;
}

std::string pod_uid(const Json& endpoint) {
    return endpoint.value("targetRef", Json::object()).value("uid", "");
}

/// One slice that is there, on its way to what it should be.
class SliceDraft {
public:
    explicit SliceDraft(Json object) : object_(std::move(object)), before_(object_) {}

    [[nodiscard]] std::string group() const {
        return group_key(object_.value("addressType", ""), object_.value("ports", Json::array()));
    }
    /// Takes from the group what the slice had already, in its order, and drops what is no longer
    /// there.
    void keep(SliceGroup& group) {
        Json kept = Json::array();
        for (const auto& endpoint : object_.value("endpoints", Json::array())) {
            const auto found = group.endpoints.find(pod_uid(endpoint));
            if (found == group.endpoints.end()) continue;
            kept.push_back(std::move(found->second));
            group.endpoints.erase(found);
        }
        object_["endpoints"] = std::move(kept);
    }
    void fill(SliceGroup& group) {
        auto& endpoints = object_["endpoints"];
        while (!group.endpoints.empty() && endpoints.size() < kMaxSliceEndpoints) {
            endpoints.push_back(std::move(group.endpoints.begin()->second));
            group.endpoints.erase(group.endpoints.begin());
        }
    }
    void label(const Json& labels) { object_["metadata"]["labels"] = labels; }
    [[nodiscard]] bool empty() const { return object_["endpoints"].empty(); }
    [[nodiscard]] bool changed() const { return object_ != before_; }
    [[nodiscard]] Json take() { return std::move(object_); }

private:
    Json object_;
    Json before_;
};

Json new_slice(const Service& service, const SliceGroup& group) {
    auto metadata = metadata_for(service);
    metadata.erase("name");
    metadata["generateName"] = service.meta.name + "-";
    metadata["labels"] = slice_labels(service);
    return {
        {"apiVersion", "discovery.k8s.io/v1"},
        {"kind", "EndpointSlice"},
        {"metadata", std::move(metadata)},
        {"addressType", group.address_type},
        {"ports", group.ports},
        {"endpoints", Json::array()}};
}

void add_new_slices(const Service& service, SliceGroup& group, SlicePlan& plan) {
    while (!group.endpoints.empty()) {
        SliceDraft draft(new_slice(service, group));
        draft.fill(group);
        plan.create.push_back(draft.take());
    }
}

}  // namespace

SlicePlan plan_slices(
    const Service& service, const ServicePods& pods, const WholeObjects& present) {
    auto groups = group_pods(service, pods);
    const auto labels = slice_labels(service);
    std::vector<std::pair<const ObjectMeta*, SliceDraft>> drafts;
    SlicePlan plan;
    for (const auto& slice : present) {
        if (slice->meta.deleting()) continue;
        SliceDraft draft(slice->object);
        const auto group = groups.find(draft.group());
        if (group == groups.end()) {
            plan.remove.push_back(slice->meta);
            continue;
        }
        draft.keep(group->second);
        draft.label(labels);
        drafts.emplace_back(&slice->meta, std::move(draft));
    }
    // First everybody keeps his place, then what is new fills the gaps.
    for (auto& [meta, draft] : drafts) {
        draft.fill(groups.at(draft.group()));
        if (draft.empty()) {
            plan.remove.push_back(*meta);
        } else if (draft.changed()) {
            plan.update.push_back(draft.take());
        }
    }
    for (auto& [key, group] : groups) add_new_slices(service, group, plan);
    return plan;
}

}  // namespace picket::controller
