#include "nodeagent/pod/object_watches.hpp"

#include "common/api/json_read.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

std::string version_of(const Json& object) {
    return json_read::text(json_read::member(object, "metadata"), "resourceVersion");
}

std::set<ObjectWatches::Name> names_in(
    const std::string& namespace_name, const ReferencedNames& referenced) {
    std::set<ObjectWatches::Name> names;
    for (const auto& name : referenced.config_maps) names.insert({false, namespace_name, name});
    for (const auto& name : referenced.secrets) names.insert({true, namespace_name, name});
    return names;
}

}  // namespace

struct ObjectWatches::Watch {
    Watch(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        const Name& name,
        client::Reflector::Callbacks callbacks)
        : reflector(
              api,
              {"v1", name.secret ? "secrets" : "configmaps", name.namespace_name},
              {{"fieldSelector", "metadata.name=" + name.name}},
              std::move(callbacks),
              0),
          task(std::move(executor)) {}

    client::Reflector reflector;
    TaskGroup task;
};

ObjectWatches::ObjectWatches(boost::asio::any_io_executor executor, client::ApiClient& api)
    : executor_(executor), api_(api), tasks_(executor) {}

ObjectWatches::~ObjectWatches() = default;

void ObjectWatches::follow(
    const std::string& uid,
    const std::string& namespace_name,
    const ReferencedNames& names,
    std::function<void()> on_change) {
    auto& follower = followers_[uid];
    follower = {names_in(namespace_name, names), std::move(on_change)};
    for (const auto& name : follower.names) begin(name);
    end_unused();
}

void ObjectWatches::unfollow(const std::string& uid) {
    if (followers_.erase(uid) > 0) end_unused();
}

void ObjectWatches::fetched(const Name& name, std::string version) {
    fetched_[name] = std::move(version);
}

void ObjectWatches::begin(const Name& name) {
    if (watches_.contains(name) || tasks_.stopping()) return;
    auto watch = std::make_shared<Watch>(
        executor_,
        api_,
        name,
        client::Reflector::Callbacks{
            [this, name](std::vector<Json> objects) {
                seen(name, objects.empty() ? std::string() : version_of(objects.front()));
            },
            [this, name](client::WatchLine line) {
                if (line.type == client::WatchLine::Type::Bookmark) return;
                const bool deleted = line.type == client::WatchLine::Type::Deleted;
                seen(name, deleted ? std::string() : version_of(line.object));
            },
            {}});
    watch->task.spawn("watch of " + name.name, watch->reflector.run());
    watches_[name] = std::move(watch);
}

void ObjectWatches::end_unused() {
    for (auto it = watches_.begin(); it != watches_.end();) {
        const auto& name = it->first;
        const bool used = std::ranges::any_of(
            followers_, [&](const auto& entry) { return entry.second.names.contains(name); });
        if (used) {
            ++it;
            continue;
        }
        fetched_.erase(name);
        tasks_.spawn("end watch of " + name.name, end(std::move(it->second)));
        it = watches_.erase(it);
    }
}

Awaitable<> ObjectWatches::end(std::shared_ptr<Watch> watch) {
    co_await watch->task.stop();
}

void ObjectWatches::seen(const Name& name, const std::string& version) {
    const auto known = fetched_.find(name);
    if (known != fetched_.end() && known->second == version) return;
    for (const auto& [uid, follower] : followers_) {
        if (follower.names.contains(name)) follower.on_change();
    }
}

Awaitable<> ObjectWatches::stop() {
    followers_.clear();
    co_await tasks_.stop();
    for (const auto& [name, watch] : watches_) co_await watch->task.stop();
}

}  // namespace picket::nodeagent
