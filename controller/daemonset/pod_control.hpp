#pragma once
#include "common/client/event_recorder.hpp"
#include "common/daemonset/plan.hpp"
#include "controller/reconcile_loop.hpp"
#include "controller/shared_informers.hpp"

#include <memory>

namespace picket::controller {

// What is decided, this folder does.
using namespace daemonset;

using SetPtr = std::shared_ptr<const DaemonSet>;

[[nodiscard]] client::ObjectReference reference_to(const DaemonSet& set);

/// Carries plans out: creates, deletes, adopts and releases pods of sets, tells of it in events,
/// and lets the pod index know each answer at once. Owned by the DaemonSet controller; its requests
/// run in that controller's task group.
class PodControl {
public:
    /// Of one sync; what goes beyond is left to the next. Each sync surveys all hosts, so that few
    /// of them should be needed for many hosts.
    static constexpr std::size_t kMostPerSync = 2'000;

    PodControl(
        client::ApiClient& api,
        client::EventRecorder& events,
        PodIndex& index,
        const Clock& clock,
        TaskGroup& tasks);

    /// Creates in batches of 1, 2, 4, 8 …, so that a template the server refuses costs one request,
    /// not one per node.
    Awaitable<Result<void>> create(
        SetPtr set, PodFactory factory, std::vector<std::string> nodes, Turns turns);
    Awaitable<Result<void>> remove(SetPtr set, std::vector<PlannedDelete> pods);
    Awaitable<Result<void>> adopt(SetPtr set, std::vector<PodPtr> pods);
    Awaitable<Result<void>> release(SetPtr set, std::vector<PodPtr> pods);
    /// Puts the request on these pods, for their agents to read.
    Awaitable<Result<void>> ask_for_images(
        SetPtr set, std::vector<std::string> pods, std::string request);
    /// Puts another revision hash on pods, when two revisions turn out to be the same.
    Awaitable<Result<void>> relabel(std::vector<PodPtr> pods, std::string hash);

private:
    Awaitable<Result<void>> create_one(
        SetPtr set, PodFactory factory, std::string node, PodTurn turn);
    Awaitable<Result<void>> remove_one(SetPtr set, PlannedDelete pod);
    Awaitable<Result<void>> patch_one(PodPtr pod, Json patch);
    Awaitable<Result<void>> patch_each(std::vector<PodPtr> pods, std::vector<Json> patches);

    client::ApiClient& api_;
    client::EventRecorder& events_;
    PodIndex& index_;
    const Clock& clock_;
    TaskGroup& tasks_;
};

}  // namespace picket::controller
