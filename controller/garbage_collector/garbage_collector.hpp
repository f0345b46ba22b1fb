#pragma once
#include "controller/garbage_collector/owner_graph.hpp"
#include "controller/reconcile_loop.hpp"
#include "controller/shared_informers.hpp"

#include <memory>
#include <string>
#include <vector>

namespace picket::controller {

/// Deletes what has lost its owners and sees foreground and orphan deletions through. Follows every
/// kind that can own or be owned, of most of them the metadata alone; the queue's keys are uids.
/// Loop thread only.
class GarbageCollector {
public:
    GarbageCollector(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        SharedInformers& informers,
        TaskGroup& tasks,
        std::uint64_t seed);

    /// Starts the informers of its own; the shared ones are the manager's.
    void start_informers();
    Awaitable<> wait_until_synced();
    /// Spawns the workers; call after the informers are synced.
    void start();

private:
    using MetaPtr = std::shared_ptr<const ObjectMeta>;

    template <class T>
    void follow(client::Informer<T>& informer, const Resource& resource);
    void follow_other_kinds(std::uint64_t seed);
    void changed(const Resource& resource, const MetaPtr& before, const MetaPtr& after);
    void wake_dependents(const std::string& uid);
    void wake_owners(const ObjectMeta& meta);

    Awaitable<Result<void>> reconcile(std::string uid);
    Awaitable<Result<void>> look_up_owners(std::string uid, std::vector<std::string> owners);
    Awaitable<Result<bool>> is_absent(OwnerReference reference, std::string namespace_name);
    Awaitable<Result<void>> remove(GraphObject object, std::string propagation);
    Awaitable<Result<void>> strip(GraphObject object, std::vector<std::string> owners);
    Awaitable<Result<void>> orphan(GraphObject object, std::vector<std::string> dependents);
    Awaitable<Result<void>> remove_finalizer(GraphObject object, std::string finalizer);

    client::ApiClient& api_;
    SharedInformers& informers_;
    TaskGroup& tasks_;
    OwnerGraph graph_;
    ReconcileLoop loop_;
    std::vector<std::unique_ptr<client::Informer<PartialObject>>> others_;
};

}  // namespace picket::controller
