#include "controller/garbage_collector/owner_graph.hpp"

#include <algorithm>

namespace picket::controller {
namespace {

using Action = GarbageDecision::Action;

bool in_foreground_deletion(const ObjectMeta& meta) {
    return meta.deleting() && meta.has_finalizer(kForegroundFinalizer);
}

/// The owners of one object by what they mean for it.
struct Owners {
    std::vector<std::string> solid;
    std::vector<std::string> absent;
    std::vector<std::string> waiting;  ///< in foreground deletion
    std::vector<std::string> unknown;
};

bool reachable(const ObjectMeta& owner, const ObjectMeta& dependent) {
    return owner.namespace_name.empty() || owner.namespace_name == dependent.namespace_name;
}

/// A reference from an object of the whole cluster to a kind that lives in namespaces does not say
/// in which: such an owner is never taken for gone.
bool unresolvable(const OwnerReference& reference, const ObjectMeta& dependent) {
    if (!dependent.namespace_name.empty()) return false;
    const auto* resource = find_resource_by_kind(reference.api_version, reference.kind);
    return resource != nullptr && resource->namespaced;
}

Owners classify_owners(const OwnerGraph& graph, const ObjectMeta& meta) {
    Owners owners;
    for (const auto& reference : meta.owners) {
        const auto* owner = graph.find(reference.uid);
        if (unresolvable(reference, meta)) {
            owners.solid.push_back(reference.uid);
        } else if (owner == nullptr) {
            (graph.known_absent(reference.uid) ? owners.absent : owners.unknown)
                .push_back(reference.uid);
        } else if (!reachable(*owner->meta, meta)) {
            owners.absent.push_back(reference.uid);
        } else {
            (in_foreground_deletion(*owner->meta) ? owners.waiting : owners.solid)
                .push_back(reference.uid);
        }
    }
    return owners;
}

bool blocks(const ObjectMeta& dependent, const std::string& owner_uid) {
    return std::any_of(
        dependent.owners.begin(), dependent.owners.end(), [&](const OwnerReference& reference) {
            return reference.uid == owner_uid && reference.block_owner_deletion;
        });
}

GarbageDecision decide_foreground(const OwnerGraph& graph, const std::string& uid) {
    GarbageDecision decision{Action::FinishForeground};
    for (const auto& dependent : graph.dependents(uid)) {
        const auto& meta = *graph.find(dependent)->meta;
        if (blocks(meta, uid)) decision.action = Action::LookAtDependents;
        decision.uids.push_back(dependent);
    }
    return decision;
}

GarbageDecision decide_deleting(
    const OwnerGraph& graph, const std::string& uid, const ObjectMeta& meta) {
    if (meta.has_finalizer(kForegroundFinalizer)) return decide_foreground(graph, uid);
    if (!meta.has_finalizer(kOrphanFinalizer)) return {};
    const auto& dependents = graph.dependents(uid);
    return {Action::Orphan, {dependents.begin(), dependents.end()}};
}

std::string propagation_of(const ObjectMeta& meta) {
    if (meta.has_finalizer(kOrphanFinalizer)) return "Orphan";
    return meta.has_finalizer(kForegroundFinalizer) ? "Foreground" : "Background";
}

/// Its owner waits for it, so it must wait for its own dependents, unless one of those waits in
/// turn (a cycle).
std::string propagation_below_waiting(
    const OwnerGraph& graph, const std::string& uid, const ObjectMeta& meta) {
    const auto& dependents = graph.dependents(uid);
    const bool cycle =
        std::any_of(dependents.begin(), dependents.end(), [&](const std::string& dependent) {
            return in_foreground_deletion(*graph.find(dependent)->meta);
        });
    if (cycle) return "Background";
    return dependents.empty() ? propagation_of(meta) : "Foreground";
}

}  // namespace

void OwnerGraph::put(GraphObject object) {
    const auto uid = object.meta->uid;
    erase(uid);
    for (const auto& reference : object.meta->owners) dependents_[reference.uid].insert(uid);
    objects_[uid] = std::move(object);
}

void OwnerGraph::erase(const std::string& uid) {
    const auto found = objects_.find(uid);
    if (found == objects_.end()) return;
    for (const auto& reference : found->second.meta->owners) {
        const auto entry = dependents_.find(reference.uid);
        if (entry == dependents_.end()) continue;
        entry->second.erase(uid);
        if (!entry->second.empty()) continue;
        dependents_.erase(entry);
        absent_.erase(reference.uid);  // nobody asks about it any more
    }
    objects_.erase(found);
}

void OwnerGraph::mark_absent(const std::string& uid) {
    if (dependents_.contains(uid)) absent_.insert(uid);
}

const GraphObject* OwnerGraph::find(const std::string& uid) const {
    const auto found = objects_.find(uid);
    return found == objects_.end() ? nullptr : &found->second;
}

const std::set<std::string>& OwnerGraph::dependents(const std::string& uid) const {
    static const std::set<std::string> kNone;
    const auto found = dependents_.find(uid);
    return found == dependents_.end() ? kNone : found->second;
}

GarbageDecision decide_garbage(const OwnerGraph& graph, const std::string& uid) {
    const auto* object = graph.find(uid);
    if (object == nullptr) return {};
    const auto& meta = *object->meta;
    if (meta.deleting()) return decide_deleting(graph, uid, meta);
    if (meta.owners.empty()) return {};

    auto owners = classify_owners(graph, meta);
    if (!owners.unknown.empty()) return {Action::LookUpOwners, std::move(owners.unknown)};
    if (!owners.solid.empty()) {
        auto dangling = std::move(owners.absent);
        dangling.insert(dangling.end(), owners.waiting.begin(), owners.waiting.end());
        if (dangling.empty()) return {};
        return {Action::StripOwners, std::move(dangling)};
    }
    if (!owners.waiting.empty())
        return {Action::Delete, {}, propagation_below_waiting(graph, uid, meta)};
    return {Action::Delete, {}, propagation_of(meta)};
}

}  // namespace picket::controller
