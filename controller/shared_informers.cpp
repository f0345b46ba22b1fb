#include "controller/shared_informers.hpp"

#include "common/async/timing.hpp"

namespace picket::controller {
namespace {

client::Target all_of(const char* group_version, const char* plural) {
    return {.group_version = group_version, .plural = plural};
}

}  // namespace

SharedInformers::SharedInformers(client::ApiClient& api, std::uint64_t seed)
    : daemonsets(api, all_of("apps/v1", "daemonsets"), {}, seed),
      pods(api, all_of("v1", "pods"), {}, seed),
      nodes(api, all_of("v1", "nodes"), {}, seed),
      revisions(api, all_of("apps/v1", "controllerrevisions"), {}, seed),
      namespaces(api, all_of("v1", "namespaces"), {}, seed) {
    pods.on_change([this](const std::string& key, const PodPtr&, const PodPtr& after) {
        pod_index.observe(key, after);
    });
}

void SharedInformers::start(TaskGroup& tasks) {
    tasks.spawn("informer daemonsets", daemonsets.run());
    tasks.spawn("informer pods", pods.run());
    tasks.spawn("informer nodes", nodes.run());
    tasks.spawn("informer controllerrevisions", revisions.run());
    tasks.spawn("informer namespaces", namespaces.run());
}

Awaitable<> SharedInformers::wait_until_synced() {
    const auto synced = [this] {
        return daemonsets.synced() && pods.synced() && nodes.synced() && revisions.synced() &&
               namespaces.synced();
    };
    while (!synced()) co_await sleep_for(std::chrono::milliseconds(20));
}

}  // namespace picket::controller
