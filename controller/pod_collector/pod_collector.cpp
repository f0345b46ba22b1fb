#include "controller/pod_collector/pod_collector.hpp"

#include "controller/api_requests.hpp"

#include <nlohmann/json.hpp>

namespace picket::controller {
namespace {

constexpr std::size_t kPodWorkers = 16;

client::Target node_target(const std::string& name) {
    return {.group_version = "v1", .plural = "nodes", .name = name};
}

}  // namespace

PodCollector::PodCollector(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    SharedInformers& informers,
    TaskGroup& tasks)
    : api_(api),
      informers_(informers),
      tasks_(tasks),
      loop_(executor, "pod-collector", [this](std::string key) {
          return reconcile(std::move(key));
      }) {
    informers_.nodes.on_change(
        [this](const std::string&, const NodePtr& before, const NodePtr& after) {
            node_changed(before, after);
        });
    informers_.pods.on_change([this](const std::string& key, const PodPtr&, const PodPtr& after) {
        pod_changed(key, after);
    });
}

void PodCollector::start() {
    started_ = true;
    for (const auto& [key, pod] : informers_.pods.objects()) pod_changed(key, pod);
    loop_.start(tasks_, kPodWorkers);
}

/// A node of the same name may be there again already: what ran on the deleted one is collected all
/// the same.
void PodCollector::node_changed(const NodePtr& before, const NodePtr& after) {
    if (!before || (after && after->meta.uid == before->meta.uid)) return;
    for (const auto& [key, pod] : informers_.pod_index.on_node(before->meta.name)) {
        node_deleted_[key] = pod->meta.uid;
        loop_.queue().add(key);
    }
}

void PodCollector::pod_changed(const std::string& key, const PodPtr& after) {
    if (!after) {
        node_deleted_.erase(key);
    } else if (started_ && !after->bound() && after->meta.deleting()) {
        loop_.queue().add(key);
    } else if (started_ && after->bound() && !informers_.nodes.find(after->node_name)) {
        loop_.queue().add_after(key, kTimeToJoin);
    }
}

Awaitable<Result<void>> PodCollector::reconcile(std::string key) {
    const auto pod = informers_.pod_index.find(key);
    if (!pod) co_return Ok();
    const auto stranded = co_await is_stranded(pod);
    if (!stranded) co_return stranded.error();
    if (!*stranded) co_return Ok();
    const auto answer = co_await api_.remove(
        target_of("v1", "pods", pod->meta), force_delete_options(pod->meta.uid));
    if (!answer && !already_gone(answer.error())) co_return answer.error();
    node_deleted_.erase(key);
    co_return Ok();
}

Awaitable<Result<bool>> PodCollector::is_stranded(PodPtr pod) {
    if (!pod->bound()) co_return pod->meta.deleting();
    const auto deleted = node_deleted_.find(pod->meta.key());
    if (deleted != node_deleted_.end() && deleted->second == pod->meta.uid) co_return true;
    if (informers_.nodes.find(pod->node_name)) co_return false;
    const auto node = co_await api_.get(node_target(pod->node_name));
    if (node) co_return false;
    if (node.error().reason == Reason::NotFound) co_return true;
    co_return node.error();
}

}  // namespace picket::controller
