#include "controller/daemonset/daemonset_controller.hpp"

#include "common/api/json_read.hpp"
#include "common/daemonset/image_first.hpp"
#include "common/daemonset/ownership.hpp"
#include "controller/api_requests.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace picket::controller {
namespace {

constexpr std::size_t kSetWorkers = 4;

/// Everything a decision may depend on; heartbeats and the rest of a node's status are not in it.
bool same_to_sets(const Node& left, const Node& right) {
    const auto same_taints = std::equal(
        left.taints.begin(),
        left.taints.end(),
        right.taints.begin(),
        right.taints.end(),
        [](const Taint& a, const Taint& b) { return a.same_as(b) && a.value == b.value; });
    return left.meta.uid == right.meta.uid && left.meta.labels == right.meta.labels &&
           same_taints && silent_since(left) == silent_since(right);
}

/// The selector as a query; empty where it is missing or would take everything.
std::string query_of(const DaemonSet& set) {
    const auto& selector = set.selector;
    return selector ? selector->to_string() : std::string();
}

/// True if something was left out.
template <class List>
bool limit_to(std::size_t most, List& list) {
    if (list.size() <= most) return false;
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(most), list.end());
    return true;
}

std::chrono::milliseconds rounded_up(Duration delay) {
    return std::chrono::ceil<std::chrono::milliseconds>(delay);
}

}  // namespace

DaemonSetController::DaemonSetController(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    SharedInformers& informers,
    const Clock& clock,
    TaskGroup& tasks)
    : api_(api),
      informers_(informers),
      clock_(clock),
      tasks_(tasks),
      events_(api, clock, "daemonset-controller"),
      pods_(api, events_, informers.pod_index, clock, tasks),
      history_(api, informers, pods_),
      hosts_(informers, clock),
      loop_(executor, "daemonset", [this](std::string key) { return sync(std::move(key)); }) {
    watch_sets();
    watch_pods();
    watch_nodes();
    watch_revisions();
}

void DaemonSetController::start() {
    tasks_.spawn("daemonset events", events_.run());
    loop_.start(tasks_, kSetWorkers);
}

void DaemonSetController::watch_sets() {
    informers_.daemonsets.on_change(
        [this](const std::string& key, const SetPtr& before, const SetPtr& after) {
            if (before && (!after || after->meta.uid != before->meta.uid)) forget(before->meta.uid);
            if (!after) quiet_until_.erase(key);
            loop_.queue().add(key);
        });
}

void DaemonSetController::watch_pods() {
    informers_.pods.on_change(
        [this](const std::string&, const PodPtr& before, const PodPtr& after) {
            object_changed(before ? &before->meta : nullptr, after ? &after->meta : nullptr);
        });
}

void DaemonSetController::watch_revisions() {
    informers_.revisions.on_change(
        [this](const std::string&, const RevisionPtr& before, const RevisionPtr& after) {
            // Our own new revisions come back as additions with an owner: nothing to do about
            // those.
            if (!before && after && after->meta.controller() != nullptr) return;
            object_changed(before ? &before->meta : nullptr, after ? &after->meta : nullptr);
        });
}

void DaemonSetController::watch_nodes() {
    informers_.nodes.on_change(
        [this](const std::string&, const NodePtr& before, const NodePtr& after) {
            node_changed(before, after);
        });
}

/// Wakes the owner it had and the one it has. An object without one wakes the sets that might adopt
/// it, when its labels or its owner changed.
void DaemonSetController::object_changed(const ObjectMeta* before, const ObjectMeta* after) {
    if (before != nullptr) wake_owner(*before);
    if (after == nullptr) return;
    wake_owner(*after);
    if (after->controller() != nullptr) return;
    const bool worth_a_look =
        before == nullptr || before->labels != after->labels || before->controller() != nullptr;
    if (worth_a_look) wake_selecting(*after);
}

void DaemonSetController::wake_owner(const ObjectMeta& object) {
    const auto* owner = object.controller();
    if (owner == nullptr || owner->kind != "DaemonSet") return;
    const auto key = object.namespace_name + "/" + owner->name;
    const auto quiet = quiet_until_.find(key);
    const auto rest = quiet == quiet_until_.end() ? LoopClock::duration::zero()
                                                  : quiet->second - LoopClock::now();
    if (rest <= LoopClock::duration::zero()) return loop_.queue().add(key);
    loop_.queue().add_after(key, std::chrono::ceil<std::chrono::milliseconds>(rest));
}

/// A set's pods tell by the thousand, and each changes the status: writing it takes at most a fifth
/// of the time. One event after a while of silence is looked at at once.
void DaemonSetController::keep_quiet(const DaemonSet& set, LoopClock::duration written) {
    quiet_until_[set.meta.key()] = LoopClock::now() + 4 * written;
}

void DaemonSetController::wake_selecting(const ObjectMeta& object) {
    for (const auto& set : objects_in(informers_.daemonsets, object.namespace_name)) {
        if (selects(*set, object)) loop_.queue().add(set->meta.key());
    }
}

void DaemonSetController::node_changed(const NodePtr& before, const NodePtr& after) {
    if (before && after && same_to_sets(*before, *after)) return;
    hosts_.node_changed((after ? after : before)->meta.name);
    for (const auto& [key, set] : informers_.daemonsets.objects()) {
        if (!after || placement_changed(*set, before, after)) loop_.queue().add(key);
    }
}

/// A set that has changed since its rules were prepared is looked at for that already.
bool DaemonSetController::placement_changed(
    const DaemonSet& set, const NodePtr& before, const NodePtr& after) const {
    const auto* rules = hosts_.rules(set);
    if (rules == nullptr) return true;
    const auto place = rules->place(*after);
    if (!before) return place.should_run;
    // Silence takes readiness from what runs there, whatever the taints say.
    if (silent_since(*before).has_value() != silent_since(*after).has_value())
        return place.should_continue;
    return !rules->place(*before).same_decision(place);
}

Awaitable<Result<void>> DaemonSetController::sync(std::string key) {
    const auto set = informers_.daemonsets.find(key);
    // A set that is being deleted is left as it is: its pods belong to the garbage collector now.
    if (!set || set->meta.deleting()) co_return Ok();
    if (query_of(*set).empty()) {
        events_.warning(
            reference_to(*set),
            "SelectingAll",
            "This set selects all pods; a non-empty selector is required.");
        co_return Ok();
    }
    auto outcome = co_await sync_live(set);
    // It may have gone meanwhile, and what was remembered of it with it.
    if (const auto now = informers_.daemonsets.find(key); !now || now->meta.uid != set->meta.uid)
        forget(set->meta.uid);
    co_return outcome;
}

void DaemonSetController::forget(const std::string& set_uid) {
    memory_.erase(set_uid);
    hosts_.forget(set_uid);
}

Awaitable<Result<void>> DaemonSetController::sync_live(SetPtr set) {
    informers_.pod_index.drop_unseen(clock_.now());
    const auto caught_up = co_await catch_up(set);
    if (!caught_up) co_return caught_up.error();
    const auto revision = co_await history_.sync(set);
    if (!revision) co_return revision.error();
    hosts_.of(set, *revision);
    auto outcome = co_await claim_pods(set);
    if (outcome) outcome = co_await act(set, *revision);
    if (outcome) outcome = co_await history_.clean_up(set, revision->hash);
    // The status is written even when a step failed: it tells what is there.
    const auto written = co_await write_status(set, *revision);
    co_return outcome ? written : outcome;
}

/// Each kind has a watch of its own, so a new set may be seen before that its selector's pods and
/// revisions have lost their former owner. One that is left and not adopted would get a second pod
/// beside it. There is one counter of versions over all kinds: it tells whether the caches may be
/// behind, and then the server is asked, once in the life of a set. It is asked again after a
/// create whose answer was lost: that pod may be there, and its node must not get another one.
Awaitable<Result<void>> DaemonSetController::catch_up(SetPtr set) {
    const bool answer_lost = memory_[set->meta.uid].answer_lost;
    if (memory_[set->meta.uid].caught_up && !answer_lost) co_return Ok();
    const client::Query selected{{"labelSelector", query_of(*set)}};
    constexpr std::size_t kPage = 500;
    if (answer_lost || newer_version(set->meta.resource_version, informers_.pods.version())) {
        const auto pods =
            co_await api_.list({"v1", "pods", set->meta.namespace_name}, selected, kPage);
        if (!pods) co_return pods.error();
        for (const auto& pod : json_read::member(*pods, "items")) informers_.pods.learn(pod);
    }
    if (newer_version(set->meta.resource_version, informers_.revisions.version())) {
        const auto revisions = co_await api_.list(
            {"apps/v1", "controllerrevisions", set->meta.namespace_name}, selected, kPage);
        if (!revisions) co_return revisions.error();
        for (const auto& revision : json_read::member(*revisions, "items"))
            informers_.revisions.learn(revision);
    }
    auto& memory = memory_[set->meta.uid];
    memory.caught_up = true;
    memory.answer_lost = false;
    co_return Ok();
}

Awaitable<Result<void>> DaemonSetController::claim_pods(SetPtr set) {
    std::vector<PodPtr> to_adopt;
    for (const auto& [key, pod] : informers_.pod_index.uncontrolled_in(set->meta.namespace_name)) {
        if (claim_object(*set, pod->meta) == Claim::Adopt) to_adopt.push_back(pod);
    }
    const auto released = co_await pods_.release(set, hosts_.to_release(*set));
    if (!released || to_adopt.empty()) co_return released;
    co_return co_await adopt_pods(set, std::move(to_adopt));
}

/// The cache may not know yet that the set is gone; a pod adopted by a ghost would be collected
/// with it.
Awaitable<Result<void>> DaemonSetController::adopt_pods(SetPtr set, std::vector<PodPtr> pods) {
    const auto live = co_await api_.get(target_of("apps/v1", "daemonsets", set->meta));
    if (!live) co_return live.error();
    const auto meta = PartialObject::parse(*live).meta;
    if (meta.uid != set->meta.uid || meta.deleting()) co_return Ok();
    co_return co_await pods_.adopt(set, std::move(pods));
}

Awaitable<Result<void>> DaemonSetController::act(SetPtr set, CurrentRevision revision) {
    const auto& table = hosts_.of(set, revision);
    const auto situations = hosts_.acting(*set, table);
    const auto now = clock_.now();
    auto& memory = memory_[set->meta.uid];
    auto& backoff = memory.backoff;
    auto& turns = memory.turns;
    if (!std::exchange(memory.recalled, true)) turns = history_.recall_turns(*set);
    backoff.forget_quiet(now);
    settle_turns(hosts_.look(*set, table), revision, turns);
    auto plan = plan_daemonset({*set, revision, situations, backoff, now, turns, table.others()});
    for (const auto& [node, entry] : plan.backoff) backoff.set(node, entry);
    for (const auto& [node, turn] : plan.turns) turns[node] = turn;
    look_again(*set, plan.requeue_after);
    co_return co_await carry_out(set, std::move(revision), std::move(plan));
}

Awaitable<Result<void>> DaemonSetController::carry_out(
    SetPtr set, CurrentRevision revision, DaemonPlan plan) {
    for (auto& event : plan.events) {
        if (event.warning) events_.warning(reference_to(*set), event.reason, event.message);
        if (!event.warning) events_.normal(reference_to(*set), event.reason, event.message);
    }
    const bool creates_left = limit_to(PodControl::kMostPerSync, plan.creates);
    const bool deletes_left = limit_to(PodControl::kMostPerSync, plan.deletes);
    const bool requests_left = limit_to(PodControl::kMostPerSync, plan.prefetches);
    if (creates_left || deletes_left || requests_left) loop_.queue().add(set->meta.key());

    const auto kept =
        co_await history_.keep_turns(set, revision.hash, memory_[set->meta.uid].turns);
    // Not before it is written whose fault it is.
    if (!kept) co_return kept;
    auto outcome = co_await pods_.ask_for_images(
        set,
        std::move(plan.prefetches),
        prefetch_request(set->pod_template, revision, clock_.now()));
    const auto deleted = co_await pods_.remove(set, std::move(plan.deletes));
    if (!deleted) outcome = deleted;
    if (plan.creates.empty()) co_return outcome;
    const auto turns = memory_[set->meta.uid].turns;
    const auto created =
        co_await pods_.create(set, PodFactory(*set, revision), std::move(plan.creates), turns);
    if (created) co_return outcome;
    memory_[set->meta.uid].answer_lost = may_be_done(created.error());
    co_return created;
}

Awaitable<Result<void>> DaemonSetController::write_status(SetPtr set, CurrentRevision revision) {
    const auto counted = hosts_.of(set, revision).status(*set, clock_.now());
    look_again(*set, counted.next_available);
    if (informers_.pod_index.awaits_sight()) look_again(*set, PodIndex::kAssumedFor);
    if (counted.status == set->status) co_return Ok();
    auto patch = status_patch(counted.status);
    patch["metadata"] = {{"uid", set->meta.uid}};
    const auto began = LoopClock::now();
    const auto answer = co_await api_.patch(
        target_of("apps/v1", "daemonsets", set->meta, "status"),
        client::PatchType::Merge,
        std::move(patch));
    keep_quiet(*set, LoopClock::now() - began);
    if (!answer && !already_gone(answer.error())) co_return answer.error();
    co_return Ok();
}

void DaemonSetController::look_again(const DaemonSet& set, std::optional<Duration> delay) {
    if (delay) loop_.queue().add_after(set.meta.key(), rounded_up(*delay));
}

}  // namespace picket::controller
