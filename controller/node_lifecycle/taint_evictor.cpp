#include "controller/node_lifecycle/taint_evictor.hpp"

#include "controller/api_requests.hpp"
#include "controller/node_lifecycle/node_health.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::controller {
namespace {

constexpr std::size_t kEvictionWorkers = 8;

bool drives_away(const Node& node) {
    return std::any_of(node.taints.begin(), node.taints.end(), [](const Taint& taint) {
        return taint.effect == TaintEffect::NoExecute;
    });
}

bool is_unreachable(const Node& node) {
    return std::any_of(node.taints.begin(), node.taints.end(), [](const Taint& taint) {
        return taint.key == kUnreachableTaint;
    });
}

std::set<std::string> taint_texts(const Node& node) {
    std::set<std::string> texts;
    for (const auto& taint : node.taints) texts.insert(taint.to_string());
    return texts;
}

client::ObjectReference reference_to_pod(const ObjectMeta& pod) {
    return {"v1", "Pod", pod.namespace_name, pod.name, pod.uid};
}

/// Says why before the pod goes, for those who watch it.
Json disruption_patch(const ObjectMeta& pod, TimePoint now) {
    const Json condition{
        {"type", "DisruptionTarget"},
        {"status", "True"},
        {"reason", "DeletionByTaintManager"},
        {"message", "its node has a NoExecute taint that the pod does not tolerate any longer"},
        {"lastTransitionTime", format_time(now)}};
    return {
        {"metadata", {{"uid", pod.uid}}}, {"status", {{"conditions", Json::array({condition})}}}};
}

}  // namespace

TaintEvictor::TaintEvictor(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    SharedInformers& informers,
    const Clock& clock,
    TaskGroup& tasks)
    : api_(api),
      informers_(informers),
      clock_(clock),
      tasks_(tasks),
      events_(api, clock, "taint-eviction-controller"),
      loop_(executor, "taint-evictor", [this](std::string name) {
          return reconcile(std::move(name));
      }) {
    informers_.nodes.on_change(
        [this](const std::string& name, const NodePtr& before, const NodePtr& after) {
            node_changed(name, before, after);
        });
    informers_.pods.on_change(
        [this](const std::string&, const PodPtr& before, const PodPtr& after) {
            if (!after || !after->bound() || (before && before->bound())) return;
            const auto node = informers_.nodes.find(after->node_name);
            if (node && drives_away(*node)) loop_.queue().add(after->node_name);
        });
}

void TaintEvictor::start() {
    tasks_.spawn("eviction events", events_.run());
    loop_.start(tasks_, kEvictionWorkers);
}

void TaintEvictor::node_changed(
    const std::string& name, const NodePtr& before, const NodePtr& after) {
    note_silence(name, after && is_unreachable(*after));
    if (!after || !drives_away(*after)) return;
    if (!before || taint_texts(*before) != taint_texts(*after)) loop_.queue().add(name);
}

void TaintEvictor::note_silence(const std::string& name, bool silent) {
    if (silent) {
        silent_.insert(name);
    } else {
        silent_.erase(name);
    }
    const bool everybody = !silent_.empty() && silent_.size() >= informers_.nodes.objects().size();
    if (everybody == silence_.everybody_silent) return;
    silence_.everybody_silent = everybody;
    if (everybody) return;
    silence_.calm_since = clock_.now();
    for (const auto& node : silent_) loop_.queue().add(node);
}

Awaitable<Result<void>> TaintEvictor::reconcile(std::string name) {
    const auto node = informers_.nodes.find(name);
    if (!node || !drives_away(*node)) co_return Ok();
    const auto pods = co_await pods_on(name);
    if (!pods) co_return pods.error();
    const auto now = clock_.now();
    const auto plan = plan_evictions(*pods, node->taints, silence_, now);
    if (plan.next) {
        loop_.queue().add_after(
            name, std::chrono::ceil<std::chrono::milliseconds>(*plan.next - now));
    }
    std::vector<Awaitable<Result<void>>> requests;
    for (const auto& pod : plan.evict) requests.push_back(evict(pod));
    co_return co_await run_together(tasks_, std::move(requests));
}

Awaitable<Result<std::vector<TaintedPod>>> TaintEvictor::pods_on(std::string node) {
    client::Query on_node{{"fieldSelector", "spec.nodeName=" + node}};
    const auto list = co_await api_.list({"v1", "pods"}, std::move(on_node));
    if (!list) co_return list.error();
    std::vector<TaintedPod> pods;
    for (const auto& item : list->at("items")) pods.push_back(TaintedPod::parse(item));
    co_return pods;
}

Awaitable<Result<void>> TaintEvictor::evict(ObjectMeta pod) {
    events_.normal(
        reference_to_pod(pod), "TaintManagerEviction", "Marking for deletion Pod " + pod.key());
    const auto told = co_await api_.patch(
        target_of("v1", "pods", pod, "status"),
        client::PatchType::StrategicMerge,
        disruption_patch(pod, clock_.now()));
    if (!told && !already_gone(told.error())) co_return told.error();
    const auto answer = co_await api_.remove(target_of("v1", "pods", pod), delete_options(pod.uid));
    if (!answer && !already_gone(answer.error())) co_return answer.error();
    co_return Ok();
}

}  // namespace picket::controller
