#pragma once
#include "common/client/api_client.hpp"
#include "nodeagent/local/pod_checkpoint.hpp"
#include "nodeagent/pod/object_watches.hpp"
#include "nodeagent/pod/pod_services.hpp"

#include <memory>

namespace picket::nodeagent {

/// ConfigMaps, Secrets and service-account tokens from the API; while it is away, from the local
/// copy. `api` may be null: local copy only.
class ApiObjects final : public ObjectSource {
public:
    ApiObjects(client::ApiClient* api, PodCheckpoint& checkpoint, const Clock& clock)
        : api_(api), checkpoint_(checkpoint), clock_(clock) {
        if (api != nullptr) watches_ = std::make_unique<ObjectWatches>(api->executor(), *api);
    }

    Awaitable<Result<ReferencedObjects>> fetch(std::shared_ptr<const Pod> pod) override;
    void follow(const Pod& pod, ReferencedNames names, std::function<void()> on_change) override;
    void unfollow(const std::string& uid) override;
    /// Ends the watches.
    Awaitable<> stop();
    /// Told by the pod watch; without contact no time is spent on asking.
    void set_contact(bool contact) { contact_ = contact; }

private:
    Awaitable<Result<void>> fetch_tokens(
        std::shared_ptr<const Pod> pod, ReferencedObjects& objects);
    Awaitable<Result<ServiceToken>> request_token(std::shared_ptr<const Pod> pod, TokenWish wish);
    Awaitable<Result<ReferencedObjects>> fetch_from_api(std::shared_ptr<const Pod> pod);
    Awaitable<Result<void>> fetch_one(
        std::shared_ptr<const Pod> pod, bool secret, std::string name, ReferencedObjects& objects);

    client::ApiClient* api_;
    PodCheckpoint& checkpoint_;
    const Clock& clock_;
    std::map<std::string, ServiceTokens> tokens_;  // by pod uid
    std::unique_ptr<ObjectWatches> watches_;
    bool contact_ = false;
};

}  // namespace picket::nodeagent
