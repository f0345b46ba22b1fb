#include "nodeagent/pod/pod_manager.hpp"

#include "common/api/json_read.hpp"
#include "common/base/log.hpp"
#include "nodeagent/pod/admission.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace picket::nodeagent {
namespace {

std::chrono::seconds end_grace(const Pod& pod) {
    const auto wanted =
        pod.terminating() ? pod.deletion_grace_seconds : pod.spec.termination_grace_seconds;
    return std::chrono::seconds{std::max(wanted, std::int64_t{0})};
}

std::string uid_of(const Json& object) {
    return json_read::text(json_read::member(object, "metadata"), "uid");
}

/// What the labels tell of a pod that nobody knows any more: enough to end it properly.
std::shared_ptr<const Pod> pod_of_orphan(const ContainerState& container) {
    const auto identity = identity_of(container);
    auto pod = std::make_shared<Pod>();
    pod->uid = identity.pod_uid;
    pod->name = identity.pod_name;
    pod->namespace_name = identity.pod_namespace;
    pod->spec.termination_grace_seconds = identity.grace_seconds;
    return pod;
}

}  // namespace

PodManager::PodManager(
    boost::asio::any_io_executor executor,
    PodServices& services,
    PodCheckpoint& checkpoint,
    Departed on_departed)
    : executor_(executor),
      services_(services),
      checkpoint_(checkpoint),
      on_departed_(std::move(on_departed)),
      gone_signal_(executor) {}

void PodManager::restore() {
    for (const auto& object : checkpoint_.load_pods()) {
        auto pod = std::make_shared<const Pod>(parse_pod(object));
        if (pod->spec.node_name != services_.node.name) {
            logger("pods")->warn(
                "copy of another node's pod left out pod={} node={}",
                pod->key(),
                pod->spec.node_name);
            continue;
        }
        auto& entry = entries_[pod->uid];
        entry.pod = pod;
        entry.known_before = true;
        logger("pods")->info("restored pod={} uid={}", pod->key(), pod->uid);
    }
}

void PodManager::replace_pods(const std::vector<Json>& objects) {
    std::set<std::string> listed;
    for (const auto& object : objects) {
        const auto uid = uid_of(object);
        listed.insert(uid);
        if (departed_.contains(uid)) {
            on_departed_(parse_pod(object));  // the API has not heard of it yet
        } else {
            accept(object);
        }
    }
    std::erase_if(departed_, [&](const std::string& uid) { return !listed.contains(uid); });
    api_listed_ = true;
    std::vector<std::string> missing;
    for (const auto& [uid, entry] : entries_) {
        if (!listed.contains(uid) && !entry.from_file) missing.push_back(uid);
    }
    for (const auto& uid : missing) withdraw(uid, end_grace(*entries_.at(uid).pod));
    adopt_orphans();
    begin_waiting();
}

void PodManager::set_pod(const Json& object) {
    accept(object);
    begin_waiting();
}

void PodManager::remove_pod(const Json& object) {
    const auto pod = parse_pod(object);
    departed_.erase(pod.uid);
    withdraw(pod.uid, end_grace(pod));
}

void PodManager::accept(const Json& object) {
    // A change that was under way when the pod left is about something that is gone.
    if (departed_.contains(uid_of(object))) return;
    auto pod = std::make_shared<const Pod>(parse_pod(object));
    auto& entry = entries_[pod->uid];
    entry.pod = pod;
    entry.in_api = true;
    if (auto saved = checkpoint_.save_pod(pod->uid, object); !saved) {
        logger("pods")->error(
            "local copy not written pod={} why={}", pod->key(), saved.error().message);
    }
    if (!entry.worker) return;
    entry.worker->set_pod(pod);
    if (pod->terminating()) entry.worker->end(end_grace(*pod));
}

void PodManager::withdraw(const std::string& uid, std::chrono::seconds grace) {
    const auto found = entries_.find(uid);
    if (found == entries_.end()) return;
    found->second.in_api = false;
    if (found->second.worker) {
        found->second.worker->end(grace);
        return;
    }
    // Not begun: whatever the engine has of it is ended as an orphan.
    checkpoint_.remove_pod(uid);
    entries_.erase(found);
}

void PodManager::set_containers(std::vector<ContainerState> containers) {
    std::map<std::string, std::vector<ContainerState>> by_pod;
    for (auto& container : containers) {
        auto uid = container.label(label::kPodUid);
        by_pod[std::move(uid)].push_back(std::move(container));
    }
    engine_listed_ = true;
    for (auto& [uid, entry] : entries_) {
        if (!entry.worker) continue;
        entry.worker->look_again(by_pod[uid]);
        by_pod.erase(uid);
    }
    unclaimed_ = std::move(by_pod);
    adopt_orphans();
    begin_waiting();
}

void PodManager::container_changed(ContainerState container) {
    const auto found = entries_.find(container.label(label::kPodUid));
    if (found != entries_.end() && found->second.worker)
        found->second.worker->container_changed(std::move(container));
}

void PodManager::host_changed() {
    for (auto& [uid, entry] : entries_) {
        if (entry.worker) entry.worker->host_changed();
    }
}

void PodManager::container_removed(const std::string& id) {
    for (auto& [uid, entry] : entries_) {
        if (entry.worker) entry.worker->container_removed(id);
    }
}

// Only when both lists are there: before, an unknown container may be a pod that is yet to come.
void PodManager::adopt_orphans() {
    if (!api_listed_ || !engine_listed_ || !static_listed_) return;
    for (const auto& [uid, containers] : unclaimed_) {
        if (containers.empty() || entries_.contains(uid)) continue;
        entries_[uid].pod = pod_of_orphan(containers.front());
        logger("pods")->info(
            "ending containers of an unknown pod pod={} uid={}", entries_[uid].pod->key(), uid);
    }
}

// Not before all of the host's own pods are known: who has to wait depends on all.
void PodManager::begin_waiting() {
    if (!engine_listed_ || !static_listed_) return;
    const auto order = plan_start_order(pods_in_order(), services_.clock.now());
    for (auto& [uid, entry] : entries_) {
        if (entry.worker) continue;
        if (order.begin.contains(uid) || must_not_wait(entry)) {
            begin(entry);
        } else {
            hold_back(entry, order.waits.at(uid));
        }
    }
    wake_at_ = order.wake_at;
    tell_readiness();
}

std::vector<OrderedPod> PodManager::pods_in_order() const {
    std::vector<OrderedPod> pods;
    for (const auto& [uid, entry] : entries_) {
        const auto& pod = *entry.pod;
        const auto after = pod.annotations.find(kStartAfterAnnotation);
        OrderedPod ordered{
            uid,
            pod.namespace_name + "/" + (pod.controller.empty() ? pod.name : pod.controller),
            pod.spec.priority.value_or(priority_of_class(pod.spec.priority_class))};
        if (entry.from_file && ordered.daemon.ends_with("-" + services_.node.name))
            ordered.daemon.resize(ordered.daemon.size() - services_.node.name.size() - 1);
        if (after != pod.annotations.end())
            ordered.after = parse_start_after(after->second, pod.namespace_name);
        if (entry.worker) {
            const bool settled =
                entry.worker->ready() || entry.worker->ended() || entry.worker->ending();
            ordered.stage = settled ? OrderedPod::Stage::Ready : OrderedPod::Stage::Begun;
            ordered.begun = entry.begun;
        }
        pods.push_back(std::move(ordered));
    }
    return pods;
}

/// What runs is taken over, and what must go goes, whatever the order.
bool PodManager::must_not_wait(const Entry& entry) const {
    if (entry.pod->terminating() || entry.withdrawn) return true;
    if (api_listed_ && !entry.in_api && !entry.from_file) return true;
    const auto found = unclaimed_.find(entry.pod->uid);
    return found != unclaimed_.end() &&
           std::any_of(found->second.begin(), found->second.end(), [](const auto& container) {
               return container.running();
           });
}

void PodManager::hold_back(Entry& entry, const std::string& why) {
    if (std::exchange(entry.waits, why) == why) return;
    services_.events.normal(*entry.pod, {}, "WaitingToStart", "Pod " + why);
}

void PodManager::begin(Entry& entry) {
    const auto& pod = *entry.pod;
    const auto uid = pod.uid;
    const auto unclaimed = unclaimed_.find(uid);
    const bool has_containers = unclaimed != unclaimed_.end() && !unclaimed->second.empty();
    const bool ends =
        pod.terminating() || entry.withdrawn || (api_listed_ && !entry.in_api && !entry.from_file);
    std::optional<StateReason> refused;
    const bool accepted = has_containers || entry.known_before || ends;
    if (!accepted && !admit(entry, refused)) return;

    auto containers = has_containers ? std::move(unclaimed->second) : std::vector<ContainerState>();
    if (has_containers) unclaimed_.erase(unclaimed);
    entry.worker = std::make_unique<PodWorker>(
        executor_, services_, entry.pod, std::move(containers), [this, uid] {
            gone_.push_back(uid);
            gone_signal_.notify();
        });
    entry.begun = services_.clock.now();
    entry.waits.clear();
    entry.worker->on_readiness = [this] { gone_signal_.notify(); };
    entry.worker->on_released = [this, uid] { depart(entries_.at(uid)); };
    if (refused) entry.worker->reject(std::move(*refused));
    if (ends) entry.worker->end(end_grace(pod));
    entry.worker->start();
}

std::vector<const Pod*> PodManager::accepted_pods(const Pod& except, bool with_ending) const {
    std::vector<const Pod*> pods;
    for (const auto& [uid, entry] : entries_) {
        if (!entry.worker || entry.worker->ended() || entry.worker->released()) continue;
        if (uid == except.uid) continue;
        if (with_ending || !entry.worker->ending()) pods.push_back(&entry.worker->pod());
    }
    return pods;
}

bool PodManager::admit(const Entry& entry, std::optional<StateReason>& refused) const {
    const auto& pod = *entry.pod;
    const auto terminal = pod.status ? json_read::text(*pod.status, "phase") : std::string();
    if (terminal == "Failed" || terminal == "Succeeded") return true;
    refused = refuse_pod(pod, accepted_pods(pod, false), services_.node);
    return refused || !refuse_pod(pod, accepted_pods(pod, true), services_.node);
}

Awaitable<> PodManager::run() {
    while (true) {
        if (wake_at_) {
            const auto wait =
                std::max<Duration>(*wake_at_ - services_.clock.now(), std::chrono::milliseconds{1});
            co_await gone_signal_.wait_for(wait);
        } else {
            co_await gone_signal_.wait();
        }
        const auto gone = std::exchange(gone_, {});
        for (const auto& uid : gone) co_await clear(uid);
        begin_waiting();
    }
}

/// Its successor need not wait until the dead containers are removed.
void PodManager::depart(Entry& entry) {
    if (entry.in_api && departed_.insert(entry.pod->uid).second) on_departed_(*entry.pod);
    gone_signal_.notify();
}

Awaitable<> PodManager::clear(std::string uid) {
    auto node = entries_.extract(uid);
    if (node.empty()) co_return;
    checkpoint_.remove_pod(uid);
    aliases_.erase(uid);
    auto& entry = node.mapped();
    co_await entry.worker->stop();
    depart(entry);
    logger("pods")->info("gone pod={} uid={}", entry.pod->key(), uid);
    if (entry.from_file) bring_back_static_pod(uid);
}

Awaitable<> PodManager::stop() {
    std::vector<PodWorker*> workers;
    for (auto& [uid, entry] : entries_) {
        if (entry.worker) workers.push_back(entry.worker.get());
    }
    for (auto* worker : workers) co_await worker->stop();
}

}  // namespace picket::nodeagent
