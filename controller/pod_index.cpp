#include "controller/pod_index.hpp"

namespace picket::controller {
namespace {

const PodIndex::Pods kNone;

template <class Group>
const PodIndex::Pods& pods_of(const Group& group, const std::string& name) {
    const auto found = group.find(name);
    return found == group.end() ? kNone : found->second;
}

template <class Group>
void leave(Group& group, const std::string& name, const std::string& key) {
    const auto found = group.find(name);
    if (found == group.end()) return;
    found->second.erase(key);
    if (found->second.empty()) group.erase(found);
}

bool is_stale(const PodPtr& known, const PodPtr& pod) {
    return known && known->meta.uid == pod->meta.uid &&
           newer_version(known->meta.resource_version, pod->meta.resource_version);
}

}  // namespace

void PodIndex::observe(const std::string& key, const PodPtr& after) {
    if (const auto gone = gone_.find(key); gone != gone_.end()) {
        if (after && after->meta.uid == gone->second.first) return;
        gone_.erase(gone);
    }
    assumed_.erase(key);
    if (!after) return erase(key);
    if (!is_stale(find(key), after)) put(key, after);
}

void PodIndex::assume(const PodPtr& pod, TimePoint now) {
    const auto key = pod->meta.key();
    const auto known = find(key);
    if (is_stale(known, pod)) return;
    if (!known) assumed_[key] = now;
    put(key, pod);
}

void PodIndex::assume_gone(const std::string& key, const std::string& uid, TimePoint now) {
    const auto known = find(key);
    if (!known || known->meta.uid != uid) return;
    gone_[key] = {uid, now};
    assumed_.erase(key);
    erase(key);
}

bool PodIndex::drop_unseen(TimePoint now) {
    std::vector<std::string> unseen;
    for (const auto& [key, since] : assumed_) {
        if (now - since >= kAssumedFor) unseen.push_back(key);
    }
    for (const auto& key : unseen) {
        assumed_.erase(key);
        erase(key);
    }
    std::erase_if(
        gone_, [&](const auto& entry) { return now - entry.second.second >= kAssumedFor; });
    return !unseen.empty();
}

void PodIndex::put(const std::string& key, const PodPtr& pod) {
    erase(key);
    pods_[key] = pod;
    if (const auto* owner = pod->meta.controller()) {
        by_controller_[owner->uid][key] = pod;
    } else {
        uncontrolled_[pod->meta.namespace_name][key] = pod;
    }
    if (pod->bound()) {
        by_node_[pod->node_name][key] = pod;
    } else if (!pod->aimed_node.empty()) {
        by_aim_[pod->aimed_node][key] = pod;
    }
    touched_(*pod);
}

void PodIndex::erase(const std::string& key) {
    const auto found = pods_.find(key);
    if (found == pods_.end()) return;
    const auto pod = found->second;
    pods_.erase(found);
    if (const auto* owner = pod->meta.controller()) leave(by_controller_, owner->uid, key);
    leave(uncontrolled_, pod->meta.namespace_name, key);
    leave(by_node_, pod->node_name, key);
    leave(by_aim_, pod->aimed_node, key);
    touched_(*pod);
}

const PodIndex::Pods& PodIndex::controlled_by(const std::string& owner_uid) const {
    return pods_of(by_controller_, owner_uid);
}

const PodIndex::Pods& PodIndex::uncontrolled_in(const std::string& namespace_name) const {
    return pods_of(uncontrolled_, namespace_name);
}

const PodIndex::Pods& PodIndex::on_node(const std::string& node) const {
    return pods_of(by_node_, node);
}

const PodIndex::Pods& PodIndex::aimed_at(const std::string& node) const {
    return pods_of(by_aim_, node);
}

std::vector<std::string> PodIndex::nodes() const {
    std::vector<std::string> names;
    names.reserve(by_node_.size());
    for (const auto& [node, pods] : by_node_) names.push_back(node);
    return names;
}

PodPtr PodIndex::find(const std::string& key) const {
    const auto found = pods_.find(key);
    return found == pods_.end() ? nullptr : found->second;
}

}  // namespace picket::controller
