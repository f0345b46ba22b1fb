#pragma once
#include "common/async/timing.hpp"
#include "common/client/api_client.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/static_pods/mirror_plan.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// Keeps the stand-ins of static pods in the API, so that people see them there. Deleting one
/// touches no container: it is made again. Loop thread only.
class MirrorPods {
public:
    MirrorPods(boost::asio::any_io_executor executor, client::ApiClient& api);

    void set_static_pods(const std::vector<Json>& pods);
    /// The API's mirrors of this node: the whole list, one change, one removal.
    void replace(const std::vector<Json>& objects);
    void set(const Json& object);
    void remove(const Json& object);

    /// The view of a static pod under the uid of its mirror: what a status is reported for. Nothing
    /// while it has none.
    [[nodiscard]] std::optional<Pod> mirror_of(const Pod& static_pod) const;
    /// The uid of the static pod that a mirror stands for; empty if this is the uid of none.
    [[nodiscard]] std::string static_uid(const std::string& mirror_uid) const;

    /// Until cancelled. Spawn it in the owner's TaskGroup.
    Awaitable<> run();

private:
    Awaitable<Result<void>> reconcile();
    Awaitable<Result<void>> create_mirror(std::string key);
    Awaitable<Result<void>> remove_mirror(std::string key);
    void see(const Json& object);

    client::ApiClient& api_;
    std::map<std::string, Json> static_pods_;  ///< by "namespace/name"
    std::map<std::string, SeenMirror> seen_;   ///< the same
    bool listed_ = false;
    Notification changed_;
};

}  // namespace picket::nodeagent
