#pragma once
#include "common/client/event_recorder.hpp"
#include "controller/node_lifecycle/taint_eviction.hpp"
#include "controller/reconcile_loop.hpp"
#include "controller/shared_informers.hpp"

#include <set>
#include <string>

namespace picket::controller {

/// Deletes the pods that a NoExecute taint drives away. The queue's keys are nodes. Tolerations are
/// not in the shared cache (a hundred thousand pods have them, and few nodes have such a taint), so
/// the pods of a tainted node are read from the server when a decision is due. Loop thread only.
class TaintEvictor {
public:
    TaintEvictor(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        SharedInformers& informers,
        const Clock& clock,
        TaskGroup& tasks);
    /// Spawns the workers; call after the informers are synced.
    void start();

private:
    void node_changed(const std::string& name, const NodePtr& before, const NodePtr& after);
    void note_silence(const std::string& name, bool silent);
    Awaitable<Result<void>> reconcile(std::string name);
    Awaitable<Result<std::vector<TaintedPod>>> pods_on(std::string node);
    Awaitable<Result<void>> evict(ObjectMeta pod);

    client::ApiClient& api_;
    SharedInformers& informers_;
    const Clock& clock_;
    TaskGroup& tasks_;
    client::EventRecorder events_;
    ReconcileLoop loop_;
    std::set<std::string> silent_;  // nodes with the unreachable taint
    SilenceVerdict silence_;
};

}  // namespace picket::controller
