#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// Whether it stands for a static pod of a host.
[[nodiscard]] bool is_mirror_pod(const Json& pod);

/// Gives a new pod its service account: the name "default" if it names none, the pull secrets of
/// the account, and a volume with a token, the CA and the namespace where programs look for them.
/// Returns a warning if the account is not there: then the pod is made without a token. Mirrors of
/// static pods are left alone.
[[nodiscard]] std::vector<std::string> give_identity(
    const storage::Store& store, Random& random, Json& pod);

}  // namespace picket::apiserver
