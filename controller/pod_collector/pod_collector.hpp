#pragma once
#include "controller/reconcile_loop.hpp"
#include "controller/shared_informers.hpp"

#include <chrono>
#include <map>
#include <string>

namespace picket::controller {

/// Removes pods that nobody will ever stop: those of a deleted node, at once, and terminating ones
/// that were never bound. A pod whose node was never seen (its host may just be joining) is given
/// some time first. Loop thread only.
class PodCollector {
public:
    static constexpr std::chrono::seconds kTimeToJoin{20};

    PodCollector(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        SharedInformers& informers,
        TaskGroup& tasks);
    /// Spawns the workers; call after the informers are synced.
    void start();

private:
    void node_changed(const NodePtr& before, const NodePtr& after);
    void pod_changed(const std::string& key, const PodPtr& after);
    Awaitable<Result<void>> reconcile(std::string key);
    Awaitable<Result<bool>> is_stranded(PodPtr pod);

    client::ApiClient& api_;
    SharedInformers& informers_;
    TaskGroup& tasks_;
    ReconcileLoop loop_;
    std::map<std::string, std::string>
        node_deleted_;  // key → uid of pods that were on a node when it was deleted
    bool started_ = false;
};

}  // namespace picket::controller
