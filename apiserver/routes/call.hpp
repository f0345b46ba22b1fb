#pragma once
#include "apiserver/auth/rbac/role_book.hpp"
#include "apiserver/auth/token_authenticator.hpp"
#include "apiserver/auth/user.hpp"
#include "apiserver/registry/strategy.hpp"
#include "apiserver/routes/node_hosts.hpp"
#include "apiserver/routes/object_draft.hpp"
#include "apiserver/routes/request_info.hpp"
#include "apiserver/storage/store.hpp"
#include "common/api/resource.hpp"
#include "common/async/awaitable.hpp"
#include "common/async/mutex.hpp"
#include "common/base/clock.hpp"
#include "common/base/random.hpp"
#include "common/base/result.hpp"
#include "common/http/message.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <string>

namespace picket::apiserver {

class BackupMaker;
class Metrics;
class ServiceAccountIssuer;
class TunnelHub;

/// What handlers work with. Lives as long as the server.
struct Services {
    boost::asio::any_io_executor executor;
    storage::Store& store;
    const Clock& clock;
    Random& random;
    TunnelHub& tunnels;
    Metrics& metrics;
    BackupMaker& backups;
    ServiceAccountIssuer& accounts;
    Mutex& evictions;            ///< one at a time: each counts on what the one before left
    std::string ca_pem;          ///< what kube-root-ca.crt holds in every namespace
    std::string ca_fingerprint;  ///< what join tokens pin
    RoleBook roles;              ///< who may do what, by roles
    NodeHosts hosts;             ///< which host speaks for each node
    TimePoint started = {};      ///< Leases are not durable: nobody was heard before
    std::function<std::string()> further_metrics = {};
};

/// One authorized request on its way through a handler. Moved, never shared.
struct Call {
    Services& services;
    http::Request request;
    http::Url url;
    RequestInfo info;
    User user;
    TimePoint now;
    const Resource* resource = nullptr;  ///< null for paths and for what has no stored kind

    [[nodiscard]] storage::ObjectKey key() const {
        return {resource->qualified_name(), info.namespace_name, info.name};
    }
    [[nodiscard]] ObjectIdentity identity() const {
        return {*resource, info.group_version, info.namespace_name, info.name};
    }
    [[nodiscard]] registry::RequestContext context() const {
        return {info.group_version, user.name, now};
    }
};

/// What answers a request. An error becomes its Status.
using Handler = Awaitable<Result<http::Response>> (*)(Call);

}  // namespace picket::apiserver
