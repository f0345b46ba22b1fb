/// What others see of the host's pods.
#include "common/api/json_read.hpp"
#include "nodeagent/pod/pod_manager.hpp"

namespace picket::nodeagent {

HostReadiness PodManager::readiness() const {
    HostReadiness host;
    host.known = engine_listed_ && static_listed_ && (api_listed_ || !needs_api_);
    for (const auto& [uid, entry] : entries_) {
        if (entry.worker && entry.worker->ending()) continue;
        PodReadiness pod{entry.pod->key()};
        if (entry.worker) {
            pod.ready = entry.worker->ready();
            pod.why = entry.worker->unready_why();
        } else {
            pod.why = entry.waits;
        }
        if (!pod.ready && pod.why.empty()) pod.why = "not started yet";
        host.pods.push_back(std::move(pod));
    }
    return host;
}

void PodManager::tell_readiness() {
    if (!on_readiness) return;
    auto now = readiness();
    if (now == told_) return;
    told_ = std::move(now);
    on_readiness(told_);
}

bool PodManager::in_api(const std::string& uid) const {
    const auto found = entries_.find(uid);
    return found != entries_.end() && found->second.in_api;
}

const PodWorker* PodManager::find(const std::string& uid) const {
    auto found = entries_.find(uid);
    for (const auto& [static_uid, mirror_uid] : aliases_) {
        if (mirror_uid == uid) found = entries_.find(static_uid);
    }
    return found == entries_.end() ? nullptr : found->second.worker.get();
}

std::vector<const Pod*> PodManager::pods() const {
    std::vector<const Pod*> pods;
    for (const auto& [uid, entry] : entries_) pods.push_back(entry.pod.get());
    return pods;
}

std::optional<std::set<std::string>> PodManager::known_uids() const {
    if (!engine_listed_ || !static_listed_) return std::nullopt;
    std::set<std::string> uids;
    for (const auto& [uid, entry] : entries_) uids.insert(uid);
    for (const auto& [uid, containers] : unclaimed_) uids.insert(uid);
    return uids;
}

}  // namespace picket::nodeagent
