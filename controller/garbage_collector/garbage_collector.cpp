#include "controller/garbage_collector/garbage_collector.hpp"

#include "common/async/timing.hpp"
#include "controller/api_requests.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket::controller {
namespace {

constexpr std::size_t kGarbageWorkers = 16;

/// Followed through the shared informers; or not at all, because they change all the time and own
/// nothing (a node's Lease is removed by the node controller).
constexpr std::array<std::string_view, 7> kFollowedElsewhere{
    "daemonsets", "pods", "nodes", "controllerrevisions", "namespaces", "events", "leases"};

/// Kinds of our own (tokens) own nothing, and the controllers may not read them.
constexpr std::string_view kOwnGroup = "picket.dev";

bool followed_here(const Resource& resource) {
    const auto elsewhere =
        std::find(kFollowedElsewhere.begin(), kFollowedElsewhere.end(), resource.plural);
    if (elsewhere != kFollowedElsewhere.end() || resource.group() == kOwnGroup) return false;
    return resource.allows("list") && resource.allows("watch") && resource.allows("delete");
}

client::Target target_of_object(const GraphObject& object) {
    return target_of(
        std::string(object.resource->group_versions.front()),
        std::string(object.resource->plural),
        *object.meta);
}

/// Did anything change that ownership depends on? Most changes are of status or labels.
bool same_to_ownership(const ObjectMeta& left, const ObjectMeta& right) {
    return left.uid == right.uid && left.owners == right.owners &&
           left.finalizers == right.finalizers && left.deleting() == right.deleting();
}

const OwnerReference* reference_with(const ObjectMeta& meta, const std::string& uid) {
    const auto found =
        std::find_if(meta.owners.begin(), meta.owners.end(), [&](const OwnerReference& reference) {
            return reference.uid == uid;
        });
    return found == meta.owners.end() ? nullptr : &*found;
}

}  // namespace

GarbageCollector::GarbageCollector(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    SharedInformers& informers,
    TaskGroup& tasks,
    std::uint64_t seed)
    : api_(api),
      informers_(informers),
      tasks_(tasks),
      loop_(executor, "garbage-collector", [this](std::string uid) {
          return reconcile(std::move(uid));
      }) {
    follow(informers_.daemonsets, *find_resource("apps/v1", "daemonsets"));
    follow(informers_.pods, *find_resource("v1", "pods"));
    follow(informers_.nodes, *find_resource("v1", "nodes"));
    follow(informers_.revisions, *find_resource("apps/v1", "controllerrevisions"));
    follow(informers_.namespaces, *find_resource("v1", "namespaces"));
    follow_other_kinds(seed);
}

template <class T>
void GarbageCollector::follow(client::Informer<T>& informer, const Resource& resource) {
    const auto meta_of = [](const std::shared_ptr<const T>& view) {
        return view ? MetaPtr(view, &view->meta) : nullptr;
    };
    informer.on_change(
        [this, &resource, meta_of](const std::string&, const auto& before, const auto& after) {
            changed(resource, meta_of(before), meta_of(after));
        });
}

void GarbageCollector::follow_other_kinds(std::uint64_t seed) {
    for (const auto& resource : all_resources()) {
        if (!followed_here(resource)) continue;
        client::Target target;
        target.group_version = resource.group_versions.front();
        target.plural = resource.plural;
        others_.push_back(std::make_unique<client::Informer<PartialObject>>(
            api_, std::move(target), client::Query{}, seed));
        follow(*others_.back(), resource);
    }
}

void GarbageCollector::start_informers() {
    for (auto& informer : others_) tasks_.spawn("informer of owners", informer->run());
}

Awaitable<> GarbageCollector::wait_until_synced() {
    const auto synced = [](const auto& informer) { return informer->synced(); };
    while (!std::all_of(others_.begin(), others_.end(), synced)) {
        co_await sleep_for(std::chrono::milliseconds(20));
    }
}

void GarbageCollector::start() {
    loop_.start(tasks_, kGarbageWorkers);
}

void GarbageCollector::changed(
    const Resource& resource, const MetaPtr& before, const MetaPtr& after) {
    if (before && (!after || before->uid != after->uid)) {
        graph_.erase(before->uid);
        graph_.mark_absent(before->uid);
        wake_dependents(before->uid);
        wake_owners(*before);
    }
    if (!after) return;
    graph_.put({&resource, after});
    if (before && same_to_ownership(*before, *after)) return;
    if (before) wake_owners(*before);
    if (after->deleting() || !after->owners.empty()) loop_.queue().add(after->uid);
}

void GarbageCollector::wake_dependents(const std::string& uid) {
    for (const auto& dependent : graph_.dependents(uid)) loop_.queue().add(dependent);
}

/// An owner in foreground deletion may have waited for just this one.
void GarbageCollector::wake_owners(const ObjectMeta& meta) {
    for (const auto& reference : meta.owners) {
        const auto* owner = graph_.find(reference.uid);
        if (owner != nullptr && owner->meta->deleting()) loop_.queue().add(reference.uid);
    }
}

Awaitable<Result<void>> GarbageCollector::reconcile(std::string uid) {
    auto decision = decide_garbage(graph_, uid);
    using Action = GarbageDecision::Action;
    if (decision.action == Action::None) co_return Ok();
    const GraphObject object = *graph_.find(uid);
    switch (decision.action) {
        case Action::None:
            break;
        case Action::LookUpOwners:
            co_return co_await look_up_owners(uid, std::move(decision.uids));
        case Action::Delete:
            co_return co_await remove(object, std::move(decision.propagation));
        case Action::StripOwners:
            co_return co_await strip(object, std::move(decision.uids));
        case Action::LookAtDependents:
            for (auto& dependent : decision.uids) loop_.queue().add(std::move(dependent));
            break;
        case Action::FinishForeground:
            // Those that do not block are deleted all the same, once their owner is gone.
            co_return co_await remove_finalizer(object, std::string(kForegroundFinalizer));
        case Action::Orphan:
            co_return co_await orphan(object, std::move(decision.uids));
    }
    co_return Ok();
}

/// Owners of kinds that are not followed, or whose addition has not come yet, are asked for by
/// name.
Awaitable<Result<void>> GarbageCollector::look_up_owners(
    std::string uid, std::vector<std::string> owners) {
    bool any_absent = false;
    for (const auto& owner : owners) {
        const auto* object = graph_.find(uid);
        const auto* reference = object == nullptr ? nullptr : reference_with(*object->meta, owner);
        if (reference == nullptr) co_return Ok();
        const auto absent = co_await is_absent(*reference, object->meta->namespace_name);
        if (!absent) co_return absent.error();
        if (*absent) graph_.mark_absent(owner);
        any_absent = any_absent || *absent;
    }
    // If all are there, the graph will hear of them (or of their end) by itself.
    if (any_absent) loop_.queue().add(uid);
    co_return Ok();
}

Awaitable<Result<bool>> GarbageCollector::is_absent(
    OwnerReference reference, std::string namespace_name) {
    const auto* resource = find_resource_by_kind(reference.api_version, reference.kind);
    if (resource == nullptr) co_return false;  // a kind that nobody here can judge
    client::Target target;
    target.group_version = reference.api_version;
    target.plural = resource->plural;
    if (resource->namespaced) target.namespace_name = std::move(namespace_name);
    target.name = reference.name;
    const auto owner = co_await api_.get(std::move(target));
    if (owner) co_return PartialObject::parse(*owner).meta.uid != reference.uid;
    if (owner.error().reason == Reason::NotFound) co_return true;
    co_return owner.error();
}

/// The version is a precondition: if the object gained an owner meanwhile, the server refuses and
/// we decide again.
Awaitable<Result<void>> GarbageCollector::remove(GraphObject object, std::string propagation) {
    auto options = delete_options(object.meta->uid);
    options["preconditions"]["resourceVersion"] = object.meta->resource_version;
    options["propagationPolicy"] = std::move(propagation);
    const auto answer = co_await api_.remove(target_of_object(object), std::move(options));
    if (!answer && answer.error().reason != Reason::NotFound) co_return answer.error();
    co_return Ok();
}

Awaitable<Result<void>> GarbageCollector::strip(
    GraphObject object, std::vector<std::string> owners) {
    const auto answer = co_await api_.patch(
        target_of_object(object),
        client::PatchType::StrategicMerge,
        remove_owners_patch(*object.meta, owners));
    if (!answer && !already_gone(answer.error())) co_return answer.error();
    co_return Ok();
}

Awaitable<Result<void>> GarbageCollector::orphan(
    GraphObject object, std::vector<std::string> dependents) {
    std::vector<Awaitable<Result<void>>> requests;
    for (const auto& uid : dependents) {
        if (const auto* dependent = graph_.find(uid))
            requests.push_back(strip(*dependent, {object.meta->uid}));
    }
    const auto stripped = co_await run_together(tasks_, std::move(requests));
    if (!stripped) co_return stripped.error();
    co_return co_await remove_finalizer(object, std::string(kOrphanFinalizer));
}

Awaitable<Result<void>> GarbageCollector::remove_finalizer(
    GraphObject object, std::string finalizer) {
    auto finalizers = object.meta->finalizers;
    std::erase(finalizers, finalizer);
    Json patch{
        {"metadata",
         {{"resourceVersion", object.meta->resource_version}, {"finalizers", finalizers}}}};
    const auto answer =
        co_await api_.patch(target_of_object(object), client::PatchType::Merge, std::move(patch));
    if (!answer && answer.error().reason != Reason::NotFound) co_return answer.error();
    co_return Ok();
}

}  // namespace picket::controller
