#pragma once
#include "common/api/controller_revision.hpp"
#include "common/api/daemonset.hpp"
#include "common/api/namespace.hpp"
#include "common/api/node.hpp"
#include "common/client/informer.hpp"
#include "controller/pod_index.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace picket::controller {

using NodePtr = std::shared_ptr<const Node>;

/// The caches that several controllers read; one list+watch per kind. Controllers register their
/// handlers before start().
struct SharedInformers {
    SharedInformers(client::ApiClient& api, std::uint64_t seed);

    client::Informer<DaemonSet> daemonsets;
    client::Informer<Pod> pods;
    client::Informer<Node> nodes;
    client::Informer<ControllerRevision> revisions;
    client::Informer<Namespace> namespaces;
    PodIndex pod_index;  ///< kept up to date before any other handler of `pods` runs

    void start(TaskGroup& tasks);
    /// Decisions made on half a cache would be wrong: every loop waits for this first.
    Awaitable<> wait_until_synced();
};

/// The objects of one namespace, out of a cache that is ordered by "namespace/name".
template <class T>
[[nodiscard]] std::vector<std::shared_ptr<const T>> objects_in(
    const client::Informer<T>& informer, const std::string& namespace_name) {
    std::vector<std::shared_ptr<const T>> result;
    const auto prefix = namespace_name + "/";
    const auto& all = informer.objects();
    for (auto entry = all.lower_bound(prefix);
         entry != all.end() && entry->first.starts_with(prefix);
         ++entry) {
        result.push_back(entry->second);
    }
    return result;
}

}  // namespace picket::controller
