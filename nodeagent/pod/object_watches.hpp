#pragma once
#include "common/async/task_group.hpp"
#include "common/client/informer.hpp"
#include "nodeagent/pod/referenced_objects.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>

namespace picket::nodeagent {

/// Watches the ConfigMaps and Secrets that pods of this host show as files, each object once
/// however many pods use it, by name: a node may see no more. Tells a pod when what it has fetched
/// is not the newest any more. Loop thread only.
class ObjectWatches {
public:
    struct Name {
        bool secret = false;
        std::string namespace_name;
        std::string name;
        auto operator<=>(const Name&) const = default;
    };

    ObjectWatches(boost::asio::any_io_executor executor, client::ApiClient& api);
    ~ObjectWatches();
    ObjectWatches(const ObjectWatches&) = delete;
    ObjectWatches& operator=(const ObjectWatches&) = delete;

    /// The names take the place of those followed before. `on_change` is called from the loop.
    void follow(
        const std::string& uid,
        const std::string& namespace_name,
        const ReferencedNames& names,
        std::function<void()> on_change);
    void unfollow(const std::string& uid);
    /// A GET has seen this version; "" when the object was not there.
    void fetched(const Name& name, std::string version);
    Awaitable<> stop();

private:
    struct Watch;
    struct Follower {
        std::set<Name> names;
        std::function<void()> on_change;
    };
    void begin(const Name& name);
    void end_unused();
    Awaitable<> end(std::shared_ptr<Watch> watch);
    void seen(const Name& name, const std::string& version);

    boost::asio::any_io_executor executor_;
    client::ApiClient& api_;
    std::map<std::string, Follower> followers_;  // by pod uid
    std::map<Name, std::shared_ptr<Watch>> watches_;
    std::map<Name, std::string> fetched_;
    TaskGroup tasks_;
};

}  // namespace picket::nodeagent
