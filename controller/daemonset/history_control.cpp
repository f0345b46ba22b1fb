#include "controller/daemonset/history_control.hpp"

#include "common/daemonset/ownership.hpp"
#include "controller/api_requests.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::controller {
namespace {

client::Target revision_target(const DaemonSet& set, std::string name = {}) {
    return {
        .group_version = "apps/v1",
        .plural = "controllerrevisions",
        .namespace_name = set.meta.namespace_name,
        .name = std::move(name)};
}

std::set<std::string> hashes_of(const PodIndex::Pods& pods) {
    std::set<std::string> hashes;
    for (const auto& [key, pod] : pods) hashes.insert(pod->meta.label(kRevisionHashLabel));
    return hashes;
}

}  // namespace

HistoryControl::HistoryControl(client::ApiClient& api, SharedInformers& informers, PodControl& pods)
    : api_(api), informers_(informers), pods_(pods) {}

Awaitable<Result<CurrentRevision>> HistoryControl::sync(SetPtr set) {
    const auto revisions = co_await claim(set);
    if (!revisions) co_return revisions.error();
    const auto plan = plan_history(*set, *revisions);
    for (const auto& revision : plan.unlabelled) {
        const auto labelled = co_await patch(
            revision,
            {{"metadata", {{"labels", {{kRevisionHashLabel, revision_hash(*revision)}}}}}});
        if (!labelled) co_return labelled.error();
    }
    if (!plan.current) {
        const auto hash = co_await create(set, plan.hash, plan.number);
        if (!hash) co_return hash.error();
        co_return CurrentRevision{*hash, set->template_generation()};
    }
    if (plan.renumber) {
        const auto renumbered = co_await patch(plan.current, {{"revision", plan.number}});
        if (!renumbered) co_return renumbered.error();
    }
    const auto folded = co_await fold_duplicates(set, plan.duplicates, plan.hash);
    if (!folded) co_return folded.error();
    co_return CurrentRevision{plan.hash, set->template_generation()};
}

Awaitable<Result<std::vector<RevisionPtr>>> HistoryControl::claim(SetPtr set) {
    std::vector<RevisionPtr> owned;
    for (const auto& revision : objects_in(informers_.revisions, set->meta.namespace_name)) {
        const auto claim = claim_object(*set, revision->meta);
        if (claim == Claim::Ignore) continue;
        if (claim == Claim::Adopt) {
            const auto adopted =
                co_await patch(revision, add_owner_patch(revision->meta, set->owner_reference()));
            if (!adopted) co_return adopted.error();
        }
        if (claim == Claim::Release) {
            const auto released =
                co_await patch(revision, remove_owners_patch(revision->meta, {set->meta.uid}));
            if (!released) co_return released.error();
            continue;
        }
        owned.push_back(revision);
    }
    co_return owned;
}

Awaitable<Result<std::string>> HistoryControl::create(
    SetPtr set, std::string hash, std::int64_t number) {
    const auto created =
        co_await api_.create(revision_target(*set), make_revision(*set, hash, number));
    if (created) {
        informers_.revisions.learn(*created);
        co_return hash;
    }
    if (created.error().reason == Reason::AlreadyExists)
        co_return co_await settle_taken_name(set, hash);
    co_return created.error();
}

/// The name is taken: by the same template (our cache was behind), or by another one, and then the
/// next attempt must come to another hash.
Awaitable<Result<std::string>> HistoryControl::settle_taken_name(SetPtr set, std::string hash) {
    const auto taken = co_await api_.get(revision_target(*set, revision_name(*set, hash)));
    if (!taken) co_return taken.error();
    const auto revision = ControllerRevision::parse(*taken);
    if (revision.data == canonical_text(revision_data(set->pod_template)))
        co_return revision_hash(revision);
    const auto collisions = set->status.collision_count.value_or(0) + 1;
    Json patch{
        {"metadata", {{"uid", set->meta.uid}, {"resourceVersion", set->meta.resource_version}}},
        {"status", {{"collisionCount", collisions}}}};
    const auto counted = co_await api_.patch(
        target_of("apps/v1", "daemonsets", set->meta, "status"),
        client::PatchType::Merge,
        std::move(patch));
    if (!counted) co_return counted.error();
    co_return Error{
        Reason::Conflict,
        "cannot name a revision of " + set->meta.key() + ": the hash " + hash +
            " is another template's"};
}

Awaitable<Result<void>> HistoryControl::fold_duplicates(
    SetPtr set, std::vector<RevisionPtr> duplicates, std::string hash) {
    for (const auto& duplicate : duplicates) {
        std::vector<PodPtr> wearing;
        for (const auto& [key, pod] : informers_.pod_index.controlled_by(set->meta.uid)) {
            if (pod->meta.label(kRevisionHashLabel) == revision_hash(*duplicate))
                wearing.push_back(pod);
        }
        const auto relabelled = co_await pods_.relabel(std::move(wearing), hash);
        if (!relabelled) co_return relabelled.error();
        const auto removed = co_await remove(duplicate);
        if (!removed) co_return removed.error();
    }
    co_return Ok();
}

Awaitable<Result<void>> HistoryControl::clean_up(SetPtr set, std::string current_hash) {
    const auto owned = owned_revisions(*set);
    const auto old = std::ranges::count_if(owned, [&](const RevisionPtr& revision) {
        return revision_hash(*revision) != current_hash;
    });
    // Which are in use is asked of all pods of the set: not for nothing.
    if (old <= set->revision_history_limit) co_return Ok();
    const auto in_use = hashes_of(informers_.pod_index.controlled_by(set->meta.uid));
    for (const auto& revision : surplus_revisions(*set, owned, current_hash, in_use)) {
        const auto removed = co_await remove(revision);
        if (!removed) co_return removed.error();
    }
    co_return Ok();
}

std::vector<RevisionPtr> HistoryControl::owned_revisions(const DaemonSet& set) const {
    auto owned = objects_in(informers_.revisions, set.meta.namespace_name);
    std::erase_if(owned, [&](const RevisionPtr& revision) {
        return claim_object(set, revision->meta) != Claim::Keep;
    });
    return owned;
}

Turns HistoryControl::recall_turns(const DaemonSet& set) const {
    Turns turns;
    for (const auto& revision : owned_revisions(set)) turns.merge(parse_excused(revision->excused));
    return turns;
}

Awaitable<Result<void>> HistoryControl::keep_turns(
    SetPtr set, std::string current_hash, Turns turns) {
    const auto excused = format_excused(turns);
    for (const auto& revision : owned_revisions(*set)) {
        const bool current = revision_hash(*revision) == current_hash;
        if (revision->excused == (current ? excused : "")) continue;
        const auto text = current && !excused.empty() ? Json(excused) : Json();
        const auto kept = co_await patch(
            revision, {{"metadata", {{"annotations", {{kExcusedAnnotation, text}}}}}});
        if (!kept) co_return kept.error();
    }
    co_return Ok();
}

Awaitable<Result<void>> HistoryControl::patch(RevisionPtr revision, Json patch) {
    const auto answer = co_await api_.patch(
        target_of("apps/v1", "controllerrevisions", revision->meta),
        client::PatchType::StrategicMerge,
        std::move(patch));
    if (answer) informers_.revisions.learn(*answer);
    if (!answer && !already_gone(answer.error())) co_return answer.error();
    co_return Ok();
}

Awaitable<Result<void>> HistoryControl::remove(RevisionPtr revision) {
    const auto answer = co_await api_.remove(
        target_of("apps/v1", "controllerrevisions", revision->meta),
        delete_options(revision->meta.uid));
    if (!answer && !already_gone(answer.error())) co_return answer.error();
    co_return Ok();
}

}  // namespace picket::controller
