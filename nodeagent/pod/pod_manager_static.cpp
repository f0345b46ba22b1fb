/// The host's own pods, from manifest files.
#include "common/api/json_read.hpp"
#include "common/base/log.hpp"
#include "nodeagent/pod/pod_manager.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

std::string static_uid_of(const Json& object) {
    return json_read::text(json_read::member(object, "metadata"), "uid");
}

std::chrono::seconds static_end_grace(const Pod& pod) {
    return std::chrono::seconds{std::max(pod.spec.termination_grace_seconds, std::int64_t{0})};
}

}  // namespace

void PodManager::remember_static_pods(const std::vector<Json>& objects) {
    for (const auto& object : objects) accept_static(object);
}

/// The uid comes from the text: the same one says that nothing has changed.
void PodManager::accept_static(const Json& object) {
    const auto uid = static_uid_of(object);
    auto& entry = entries_[uid];
    if (entry.pod) return;
    entry.pod = std::make_shared<const Pod>(parse_pod(object));
    entry.from_file = true;
    logger("pods")->info("static pod={} uid={}", entry.pod->key(), uid);
}

void PodManager::set_static_pods(const std::vector<Json>& objects) {
    static_listed_ = true;
    static_objects_.clear();
    for (const auto& object : objects) {
        static_objects_[static_uid_of(object)] = object;
        accept_static(object);
    }
    for (auto& [uid, entry] : entries_) {
        if (entry.from_file && !static_objects_.contains(uid)) withdraw_static(entry);
    }
    adopt_orphans();
    begin_waiting();
}

/// Without a worker yet it gets one, to end what the engine may have of it.
void PodManager::withdraw_static(Entry& entry) {
    entry.withdrawn = true;
    if (entry.worker) entry.worker->end(static_end_grace(*entry.pod));
}

/// A file that came back while its pod was ending.
void PodManager::bring_back_static_pod(const std::string& uid) {
    const auto wanted = static_objects_.find(uid);
    if (wanted != static_objects_.end()) accept_static(wanted->second);
}

bool PodManager::is_static(const std::string& uid) const {
    const auto found = entries_.find(uid);
    return found != entries_.end() && found->second.from_file;
}

}  // namespace picket::nodeagent
