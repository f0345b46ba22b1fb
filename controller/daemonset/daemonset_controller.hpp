#pragma once
#include "controller/daemonset/history_control.hpp"
#include "controller/daemonset/host_tables.hpp"
#include "controller/daemonset/pod_control.hpp"

#include <map>
#include <memory>
#include <string>

namespace picket::controller {

/// Keeps one pod of every DaemonSet on each node that should run one. Informer events name the sets
/// to look at; a sync gathers the set's situation from the caches, asks the pure functions beside
/// this file what to do, and does it. One sync costs the hosts on which something changed or is to
/// be done, never all hosts of its set. Loop thread only.
class DaemonSetController {
public:
    DaemonSetController(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        SharedInformers& informers,
        const Clock& clock,
        TaskGroup& tasks);

    /// Spawns the workers; call after the informers are synced.
    void start();
    /// Posts the events; spawned by start().
    [[nodiscard]] client::EventRecorder& events() { return events_; }

private:
    void watch_sets();
    void watch_pods();
    void watch_nodes();
    void watch_revisions();
    void forget(const std::string& set_uid);
    void wake_owner(const ObjectMeta& object);
    void keep_quiet(const DaemonSet& set, LoopClock::duration written);
    void wake_selecting(const ObjectMeta& object);
    void object_changed(const ObjectMeta* before, const ObjectMeta* after);
    void node_changed(const NodePtr& before, const NodePtr& after);

    Awaitable<Result<void>> sync(std::string key);
    Awaitable<Result<void>> sync_live(SetPtr set);
    Awaitable<Result<void>> catch_up(SetPtr set);
    Awaitable<Result<void>> claim_pods(SetPtr set);
    Awaitable<Result<void>> adopt_pods(SetPtr set, std::vector<PodPtr> pods);
    Awaitable<Result<void>> act(SetPtr set, CurrentRevision revision);
    Awaitable<Result<void>> carry_out(SetPtr set, CurrentRevision revision, DaemonPlan plan);
    Awaitable<Result<void>> write_status(SetPtr set, CurrentRevision revision);
    void look_again(const DaemonSet& set, std::optional<Duration> delay);
    [[nodiscard]] bool placement_changed(
        const DaemonSet& set, const NodePtr& before, const NodePtr& after) const;

    client::ApiClient& api_;
    SharedInformers& informers_;
    const Clock& clock_;
    TaskGroup& tasks_;
    client::EventRecorder events_;
    PodControl pods_;
    HistoryControl history_;
    HostTables hosts_;
    ReconcileLoop loop_;
    /// What is remembered of one set between its syncs, and lost with the process.
    struct Memory {
        bool caught_up = false;    ///< the caches know what was there before the set
        bool answer_lost = false;  ///< there may be a pod that no cache knows
        bool recalled = false;     ///< `turns` has what the process before wrote down
        FailedPodBackoff backoff;
        Turns turns;
    };
    std::map<std::string, Memory> memory_;  // by uid of the set
    /// Pods of the set wake it no sooner than this; by its key.
    std::map<std::string, LoopClock::time_point> quiet_until_;
};

}  // namespace picket::controller
