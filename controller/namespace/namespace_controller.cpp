#include "controller/namespace/namespace_controller.hpp"

#include "controller/api_requests.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::controller {
namespace {

constexpr std::size_t kNamespaceWorkers = 2;
constexpr std::chrono::milliseconds kLookAgain{500};
/// A file that is deleted mostly names its namespace first. What follows in it must still be there
/// to be deleted, or the command ends with an error for each. Kubernetes waits as well, five
/// seconds.
constexpr std::chrono::milliseconds kGrace{3000};
constexpr const char* kFinalizer = "kubernetes";

client::Target namespace_target(std::string name, std::string subresource = {}) {
    return {
        .group_version = "v1",
        .plural = "namespaces",
        .name = std::move(name),
        .subresource = std::move(subresource)};
}

client::Target collection_of(const Resource& resource, std::string namespace_name) {
    return {
        .group_version = std::string(resource.group_versions.front()),
        .plural = std::string(resource.plural),
        .namespace_name = std::move(namespace_name)};
}

bool can_be_emptied(const Resource& resource) {
    return resource.namespaced && resource.allows("list") && resource.allows("delete");
}

bool has_finalizer(const Namespace& object) {
    return std::find(object.finalizers.begin(), object.finalizers.end(), kFinalizer) !=
           object.finalizers.end();
}

}  // namespace

NamespaceController::NamespaceController(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    SharedInformers& informers,
    TaskGroup& tasks)
    : api_(api),
      informers_(informers),
      tasks_(tasks),
      loop_(
          executor, "namespace", [this](std::string name) { return reconcile(std::move(name)); }) {
    informers_.namespaces.on_change(
        [this](const std::string& name, const auto&, const auto& after) {
            if (after && after->terminating) loop_.queue().add_after(name, kGrace);
        });
}

void NamespaceController::start() {
    loop_.start(tasks_, kNamespaceWorkers);
}

Awaitable<Result<void>> NamespaceController::reconcile(std::string name) {
    const auto object = informers_.namespaces.find(name);
    if (!object || !object->terminating || !has_finalizer(*object)) co_return Ok();
    std::size_t left = 0;
    for (const auto& resource : all_resources()) {
        if (!can_be_emptied(resource)) continue;
        const auto remaining = co_await empty_of(resource, name);
        if (!remaining) co_return remaining.error();
        left += *remaining;
    }
    if (left == 0) co_return co_await finalize(name);
    loop_.queue().add_after(name, kLookAgain);
    co_return Ok();
}

Awaitable<Result<std::size_t>> NamespaceController::empty_of(
    const Resource& resource, std::string name) {
    const auto list = co_await api_.list(collection_of(resource, name));
    if (!list) co_return list.error();
    std::size_t found = 0;
    for (const auto& item : list->value("items", Json::array())) {
        ++found;
        const auto meta = PartialObject::parse(item).meta;
        if (meta.deleting()) continue;
        auto target = collection_of(resource, name);
        target.name = meta.name;
        auto options = delete_options(meta.uid);
        options["propagationPolicy"] = "Background";
        const auto removed = co_await api_.remove(std::move(target), std::move(options));
        if (!removed && !already_gone(removed.error())) co_return removed.error();
    }
    co_return found;
}

Awaitable<Result<void>> NamespaceController::finalize(std::string name) {
    auto object = co_await api_.get(namespace_target(name));
    if (!object)
        co_return object.error().reason == Reason::NotFound ? Ok() : Result<void>(object.error());
    auto finalizers = Namespace::parse(*object).finalizers;
    std::erase(finalizers, kFinalizer);
    (*object)["spec"]["finalizers"] = finalizers;
    const auto answer =
        co_await api_.update(namespace_target(name, "finalize"), *std::move(object));
    if (!answer && answer.error().reason != Reason::NotFound) co_return answer.error();
    co_return Ok();
}

}  // namespace picket::controller
