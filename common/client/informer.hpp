#pragma once
#include "common/api/object_meta.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "common/base/random.hpp"
#include "common/client/api_client.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace picket::client {

/// Keeps one list+watch going for ever: lists, watches from there, resumes after a cut, lists anew
/// on Expired, backs off with jitter while the server is away. Calls back on the loop thread, in
/// order.
class Reflector {
public:
    struct Callbacks {
        /// The whole collection as of one version: what is not in it is gone.
        std::function<void(std::vector<Json> objects)> replace;
        std::function<void(WatchLine line)> change;
        /// Called when contact is lost (with why) and when it is back (nullptr).
        std::function<void(const Error*)> contact = {};
    };

    /// `seed` of the jitter; 0: from the system.
    Reflector(ApiClient& api, Target target, Query query, Callbacks callbacks, std::uint64_t seed);
    /// Runs until cancelled. Spawn it in the owner's TaskGroup.
    Awaitable<> run();
    /// The way to the server has been broken for a while: a watch that is only silent may hang on a
    /// connection that the other side gave up, so it is resumed on a new one, and no pause is kept.
    void redial() { redial_.notify(); }
    /// Everything up to here has been handed on.
    [[nodiscard]] const std::string& version() const { return version_; }

private:
    Awaitable<Result<void>> step();
    Awaitable<Result<void>> list_once();
    Awaitable<Result<void>> watch_once();
    Awaitable<> pause();
    void take(WatchLine line);
    void lost(const Error& error);
    void found();

    ApiClient& api_;
    Target target_;
    Query query_;
    Callbacks callbacks_;
    Random random_;
    std::string version_;    // where to resume; empty: list first
    unsigned failures_ = 0;  // since something last came of a watch
    enum class Contact { Unknown, Kept, Lost };
    Contact contact_ = Contact::Unknown;
    Notification redial_;
};

/// A typed copy of one collection, kept by a Reflector. T is a typed view with `static T
/// parse(const Json&)`; it is parsed once per change and shared. Keys are "namespace/name" ("name"
/// for cluster-scoped kinds).
///
/// Handlers are level-triggered hints: they say which object to look at again, and get the old and
/// new view (null where there is none) only so that an index can be kept.
template <class T>
class Informer {
public:
    using Ptr = std::shared_ptr<const T>;
    using Handler =
        std::function<void(const std::string& key, const Ptr& before, const Ptr& after)>;

    Informer(ApiClient& api, Target target, Query query = {}, std::uint64_t seed = 0)
        : reflector_(
              api,
              std::move(target),
              std::move(query),
              {[this](std::vector<Json> objects) { replace(std::move(objects)); },
               [this](WatchLine line) { change(std::move(line)); }},
              seed) {}

    Informer(const Informer&) = delete;  // the reflector's callbacks hold its address
    Informer& operator=(const Informer&) = delete;

    void on_change(Handler handler) { handlers_.push_back(std::move(handler)); }
    Awaitable<> run() { return reflector_.run(); }

    [[nodiscard]] bool synced() const { return synced_; }
    [[nodiscard]] const std::map<std::string, Ptr>& objects() const { return objects_; }
    [[nodiscard]] Ptr find(const std::string& key) const {
        const auto found = objects_.find(key);
        return found == objects_.end() ? nullptr : found->second;
    }
    /// Nothing that happened up to here is missing. An object of another collection whose version
    /// is higher may have been written after changes that this informer has not shown yet.
    [[nodiscard]] const std::string& version() const { return reflector_.version(); }
    /// What the server answered elsewhere, ahead of the watch: handled as a change of the watch is,
    /// which then passes over what is older.
    void learn(const Json& object);

private:
    void replace(std::vector<Json> objects);
    void change(WatchLine line);
    void set(const std::string& key, Ptr after);
    [[nodiscard]] bool is_old_news(const std::string& key, const std::string& version);

    Reflector reflector_;
    std::vector<Handler> handlers_;
    std::map<std::string, Ptr> objects_;
    std::map<std::string, std::string> learned_;  // versions that the watch has not reached yet
    bool synced_ = false;
};

/// "namespace/name" or "name" of an object.
[[nodiscard]] std::string object_key(const Json& object);
[[nodiscard]] std::string object_version(const Json& object);

template <class T>
void Informer<T>::set(const std::string& key, Ptr after) {
    Ptr before;
    if (const auto found = objects_.find(key); found != objects_.end()) before = found->second;
    if (after) {
        objects_[key] = after;
    } else {
        objects_.erase(key);
    }
    for (const auto& handler : handlers_) handler(key, before, after);
}

template <class T>
void Informer<T>::replace(std::vector<Json> objects) {
    std::map<std::string, Ptr> fresh;
    for (const auto& object : objects)
        fresh[object_key(object)] = std::make_shared<const T>(T::parse(object));
    learned_.clear();
    std::vector<std::string> gone;
    for (const auto& [key, view] : objects_) {
        if (!fresh.contains(key)) gone.push_back(key);
    }
    for (const auto& key : gone) set(key, nullptr);
    for (auto& [key, view] : fresh) set(key, std::move(view));
    synced_ = true;
}

template <class T>
void Informer<T>::change(WatchLine line) {
    const auto key = object_key(line.object);
    if (is_old_news(key, object_version(line.object))) return;
    set(key,
        line.type == WatchLine::Type::Deleted ? nullptr
                                              : std::make_shared<const T>(T::parse(line.object)));
}

template <class T>
bool Informer<T>::is_old_news(const std::string& key, const std::string& version) {
    const auto known = learned_.find(key);
    if (known == learned_.end()) return false;
    if (newer_version(known->second, version)) return true;
    learned_.erase(known);
    return false;
}

template <class T>
void Informer<T>::learn(const Json& object) {
    const auto version = object_version(object);
    if (!newer_version(version, reflector_.version())) return;
    const auto key = object_key(object);
    auto& known = learned_[key];
    if (!known.empty() && !newer_version(version, known)) return;
    known = version;
    set(key, std::make_shared<const T>(T::parse(object)));
}

}  // namespace picket::client
