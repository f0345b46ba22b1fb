#include "controller/endpoints/service_members.hpp"

namespace picket::controller {
namespace {

const std::set<std::string> kNoPods;

std::string scope_of(const std::string& key) {
    return key.substr(0, key.find('/') + 1);
}

}  // namespace

void ServiceMembers::service_changed(
    const std::string& key, const ServicePtr& after, const std::vector<PodPtr>& pods) {
    if (!after) {
        services_.erase(key);
        return;
    }
    auto& entry = services_[key];
    const bool same = entry.service && entry.service->selector == after->selector &&
                      entry.service->external_name == after->external_name;
    entry.service = after;
    if (same) return;
    entry.pods.clear();
    for (const auto& pod : pods) {
        if (after->selects(pod->meta.labels)) entry.pods.insert(pod->meta.key());
    }
}

std::vector<std::string> ServiceMembers::pod_changed(
    const std::string& key, const PodPtr& before, const PodPtr& after) {
    std::vector<std::string> concerned;
    const bool same = before && after && same_address(*before, *after);
    const auto scope = scope_of(key);
    for (auto entry = services_.lower_bound(scope);
         entry != services_.end() && entry->first.starts_with(scope);
         ++entry) {
        auto& [service, members] = *entry;
        const bool was = members.pods.contains(key);
        const bool is = after && members.service->selects(after->meta.labels);
        if (is && !was) members.pods.insert(key);
        if (was && !is) members.pods.erase(key);
        if (was != is || (is && !same)) concerned.push_back(service);
    }
    return concerned;
}

const std::set<std::string>& ServiceMembers::pods_of(const std::string& service) const {
    const auto found = services_.find(service);
    return found == services_.end() ? kNoPods : found->second.pods;
}

bool same_address(const Pod& before, const Pod& after) {
    return before.meta.uid == after.meta.uid && before.ip == after.ip &&
           before.ready == after.ready && before.node_name == after.node_name &&
           before.finished() == after.finished() && before.ports == after.ports &&
           before.meta.deleting() == after.meta.deleting();
}

}  // namespace picket::controller
