#pragma once
#include "apiserver/auth/authorizer.hpp"
#include "apiserver/routes/call.hpp"
#include "apiserver/storage/store.hpp"

namespace picket::apiserver {

/// What the request wants to do, in the authorizer's words. A field selector that cannot be parsed
/// selects nothing here; the handler refuses it.
[[nodiscard]] AccessRequest access_request(const RequestInfo& info, const http::Url& url);
[[nodiscard]] inline AccessRequest access_request(const Call& call) {
    return access_request(call.info, call.url);
}

/// Answers the authorizer's questions from the store.
class StoreNodeFacts final : public NodeFacts {
public:
    StoreNodeFacts(const storage::Store& store, const RoleBook& roles)
        : store_(store), roles_(roles) {}
    [[nodiscard]] bool pod_is_on_node(
        const std::string& namespace_name,
        const std::string& pod,
        const std::string& node) const override;
    [[nodiscard]] bool node_needs(
        const std::string& node,
        const std::string& resource,
        const std::string& namespace_name,
        const std::string& name) const override;
    [[nodiscard]] bool role_allows(const User& user, const AccessRequest& request) const override;

private:
    const storage::Store& store_;
    const RoleBook& roles_;
};

/// The call of a request whose sender is known, if that user may make it.
[[nodiscard]] Result<Call> authorized_call(
    Services& services,
    const NodeFacts& facts,
    User user,
    http::Request request,
    http::Url url,
    RequestInfo info);

/// Whether a pod refers to this configmap, secret or serviceaccount of its namespace. Pure.
[[nodiscard]] bool pod_refers_to(const Json& pod, std::string_view resource, std::string_view name);

}  // namespace picket::apiserver
