#include "controller/daemonset/pod_control.hpp"

#include "controller/api_requests.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::controller {
namespace {

client::Target pods_of(const DaemonSet& set, std::string name = {}) {
    return {
        .group_version = "v1",
        .plural = "pods",
        .namespace_name = set.meta.namespace_name,
        .name = std::move(name)};
}

/// Nothing can be made in a namespace that is going away, and nothing needs to be.
bool namespace_is_terminating(const Error& error) {
    return std::any_of(error.causes.begin(), error.causes.end(), [](const FieldError& cause) {
        return cause.detail_reason == "NamespaceTerminating";
    });
}

bool is_pod(const Json& answer) {
    return answer.is_object() && answer.value("kind", "") == "Pod";
}

}  // namespace

client::ObjectReference reference_to(const DaemonSet& set) {
    client::ObjectReference reference;
    reference.api_version = "apps/v1";
    reference.kind = "DaemonSet";
    reference.namespace_name = set.meta.namespace_name;
    reference.name = set.meta.name;
    reference.uid = set.meta.uid;
    return reference;
}

PodControl::PodControl(
    client::ApiClient& api,
    client::EventRecorder& events,
    PodIndex& index,
    const Clock& clock,
    TaskGroup& tasks)
    : api_(api), events_(events), index_(index), clock_(clock), tasks_(tasks) {}

Awaitable<Result<void>> PodControl::create(
    SetPtr set, PodFactory factory, std::vector<std::string> nodes, Turns turns) {
    std::size_t begun = 0;
    for (std::size_t batch = 1; begun < nodes.size(); batch *= 2) {
        std::vector<Awaitable<Result<void>>> requests;
        const auto end = std::min(nodes.size(), begun + batch);
        for (; begun < end; ++begun) {
            const auto turn = turns.find(nodes[begun]);
            requests.push_back(create_one(
                set, factory, nodes[begun], turn == turns.end() ? PodTurn::None : turn->second));
        }
        const auto created = co_await run_together(tasks_, std::move(requests));
        if (!created) co_return created.error();
    }
    co_return Ok();
}

Awaitable<Result<void>> PodControl::create_one(
    SetPtr set, PodFactory factory, std::string node, PodTurn turn) {
    const auto pod = co_await api_.create(pods_of(*set), factory.make(node, turn));
    if (!pod) {
        if (namespace_is_terminating(pod.error())) co_return Ok();
        events_.warning(
            reference_to(*set),
            "FailedCreate",
            "Error creating on node " + node + ": " + pod.error().message);
        co_return pod.error();
    }
    const auto view = std::make_shared<const Pod>(Pod::parse(*pod));
    index_.assume(view, clock_.now());
    events_.normal(reference_to(*set), "SuccessfulCreate", "Created pod: " + view->meta.name);
    co_return Ok();
}

Awaitable<Result<void>> PodControl::remove(SetPtr set, std::vector<PlannedDelete> pods) {
    std::vector<Awaitable<Result<void>>> requests;
    for (auto& pod : pods) requests.push_back(remove_one(set, std::move(pod)));
    co_return co_await run_together(tasks_, std::move(requests));
}

Awaitable<Result<void>> PodControl::remove_one(SetPtr set, PlannedDelete pod) {
    const auto answer = co_await api_.remove(pods_of(*set, pod.pod), delete_options(pod.uid));
    if (!answer && !already_gone(answer.error())) {
        events_.warning(
            reference_to(*set),
            "FailedDelete",
            "Error deleting " + pod.pod + ": " + answer.error().message);
        co_return answer.error();
    }
    if (answer && is_pod(*answer) && Pod::parse(*answer).meta.deleting()) {
        index_.assume(std::make_shared<const Pod>(Pod::parse(*answer)), clock_.now());
    } else {
        index_.assume_gone(set->meta.namespace_name + "/" + pod.pod, pod.uid, clock_.now());
    }
    if (answer) events_.normal(reference_to(*set), "SuccessfulDelete", "Deleted pod: " + pod.pod);
    co_return Ok();
}

Awaitable<Result<void>> PodControl::adopt(SetPtr set, std::vector<PodPtr> pods) {
    std::vector<Json> patches;
    for (const auto& pod : pods)
        patches.push_back(add_owner_patch(pod->meta, set->owner_reference()));
    return patch_each(std::move(pods), std::move(patches));
}

Awaitable<Result<void>> PodControl::release(SetPtr set, std::vector<PodPtr> pods) {
    std::vector<Json> patches;
    for (const auto& pod : pods) patches.push_back(remove_owners_patch(pod->meta, {set->meta.uid}));
    return patch_each(std::move(pods), std::move(patches));
}

Awaitable<Result<void>> PodControl::ask_for_images(
    SetPtr set, std::vector<std::string> pods, std::string request) {
    std::vector<PodPtr> found;
    std::vector<Json> patches;
    for (const auto& name : pods) {
        auto pod = index_.find(set->meta.namespace_name + "/" + name);
        if (!pod) continue;
        patches.push_back(
            {{"metadata",
              {{"uid", pod->meta.uid}, {"annotations", {{kPrefetchAnnotation, request}}}}}});
        found.push_back(std::move(pod));
    }
    co_return co_await patch_each(std::move(found), std::move(patches));
}

Awaitable<Result<void>> PodControl::relabel(std::vector<PodPtr> pods, std::string hash) {
    std::vector<Json> patches;
    for (const auto& pod : pods) {
        patches.push_back(
            {{"metadata", {{"uid", pod->meta.uid}, {"labels", {{kRevisionHashLabel, hash}}}}}});
    }
    return patch_each(std::move(pods), std::move(patches));
}

Awaitable<Result<void>> PodControl::patch_each(
    std::vector<PodPtr> pods, std::vector<Json> patches) {
    std::vector<Awaitable<Result<void>>> requests;
    for (std::size_t i = 0; i < pods.size(); ++i)
        requests.push_back(patch_one(pods[i], std::move(patches[i])));
    co_return co_await run_together(tasks_, std::move(requests));
}

Awaitable<Result<void>> PodControl::patch_one(PodPtr pod, Json patch) {
    const auto answer = co_await api_.patch(
        target_of("v1", "pods", pod->meta), client::PatchType::StrategicMerge, std::move(patch));
    if (answer) {
        index_.assume(std::make_shared<const Pod>(Pod::parse(*answer)), clock_.now());
    } else if (!already_gone(answer.error())) {
        co_return answer.error();
    }
    co_return Ok();
}

}  // namespace picket::controller
