#pragma once
#include "common/async/timing.hpp"
#include "common/client/api_client.hpp"
#include "nodeagent/pod/pod.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace picket::nodeagent {

/// Sends pod statuses to the API, and the last word of a pod: its deletion. Keeps only the newest
/// status of each pod and tries until the server takes it. Loop thread only.
class StatusReporter {
public:
    StatusReporter(boost::asio::any_io_executor executor, client::ApiClient& api);

    void report(const Pod& pod, Json status);
    /// Nothing of the pod runs on this host any more; a status that waits is sent before.
    void departed(const Pod& pod);
    /// The API's copy as a watch shows it: if somebody else has changed the pod's phase or
    /// readiness since, the status is sent again.
    void seen(const Pod& pod);
    /// Until cancelled. Spawn it in the owner's TaskGroup.
    Awaitable<> run();

private:
    struct Report {
        std::string namespace_name;
        std::string name;
        Json status;
        bool deletion = false;  ///< after the status, if there is one
    };
    struct Sent {
        Json status;
        std::uint64_t version = 0;  ///< resourceVersion that the write made
    };

    Awaitable<Result<void>> send(std::string uid, Report report);
    Awaitable<Result<Json>> send_status(const std::string& uid, const Report& report);
    Awaitable<Result<Json>> send_deletion(const std::string& uid, const Report& report);

    client::ApiClient& api_;
    std::map<std::string, Report> waiting_;  ///< by uid
    std::map<std::string, Sent> sent_;       ///< by uid
    std::string sending_;                    ///< uid of the report under way; empty: none
    std::unique_ptr<Pod> seen_meanwhile_;    ///< the newest copy of that pod that a watch showed
    Notification changed_;
};

}  // namespace picket::nodeagent
