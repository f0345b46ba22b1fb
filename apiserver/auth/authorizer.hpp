#pragma once
#include "apiserver/auth/access_request.hpp"
#include "apiserver/auth/user.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <string>

namespace picket::apiserver {

/// What the authorizer may ask about the cluster.
class NodeFacts {
public:
    virtual ~NodeFacts() = default;
    [[nodiscard]] virtual bool pod_is_on_node(
        const std::string& namespace_name,
        const std::string& pod,
        const std::string& node) const = 0;
    /// Whether a pod on the node refers to this configmap, secret or serviceaccount.
    [[nodiscard]] virtual bool node_needs(
        const std::string& node,
        const std::string& resource,
        const std::string& namespace_name,
        const std::string& name) const = 0;
    /// Whether a role that is bound to the user allows it.
    [[nodiscard]] virtual bool role_allows(
        const User& user, const AccessRequest& request) const = 0;
};

/// Success, or Forbidden (Unauthorized for an anonymous user) in Kubernetes' words.
///
/// | who | may |
/// | --- | --- |
/// | anonymous | /livez /readyz /healthz /version |
/// | group system:masters | everything, also in the name of others |
/// | system:controller | everything but tokens, node credentials and other names |
/// | group picket:join | create node credentials |
/// | group system:nodes | its own Node, Lease, tunnel and pods, what those refer to, tokens for
/// their service accounts, write events |
/// | with a token, but no join token | discovery, OpenAPI, version, health, ask what one may do,
/// and what roles allow |
[[nodiscard]] Result<void> authorize(
    const User& user, const AccessRequest& request, const NodeFacts& facts);

/// What the URL does not show: a node may create only its own Node and Lease, and only pods that
/// are bound to itself. `object` is the decoded body of a create.
[[nodiscard]] Result<void> authorize_created_object(
    const User& user, const AccessRequest& request, const Json& object);

}  // namespace picket::apiserver
