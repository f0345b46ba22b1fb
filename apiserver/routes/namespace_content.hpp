#pragma once
#include "apiserver/routes/call.hpp"

#include <string>

namespace picket::apiserver {

/// Makes what every namespace has: the ServiceAccount `default` and the ConfigMap
/// `kube-root-ca.crt`.
Awaitable<Result<void>> fill_namespace(Services& services, std::string namespace_name);

/// Makes the namespaces that are always there, and fills every namespace (a crash may have come
/// between a namespace and its content).
Awaitable<Result<void>> ensure_namespaces(Services& services);

/// Makes it anew if what is gone is something that every namespace has: new pods cannot do without.
Awaitable<> refill_namespace(Services& services, storage::ObjectKey gone);

}  // namespace picket::apiserver
