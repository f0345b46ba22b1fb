#pragma once
#include "common/api/daemonset.hpp"
#include "common/api/object_meta.hpp"

namespace picket::daemonset {

/// What a set does about one pod or revision of its namespace.
enum class Claim {
    Ignore,   ///< another controller's, or nobody's and none of our business
    Keep,     ///< ours
    Adopt,    ///< nobody's, and the selector matches: becomes ours
    Release,  ///< ours by reference, but the selector matches no more: let go, not deleted
};

/// The rule, for a set that is not being deleted:
///
///   controller owner   labels match   result
///   another            any            Ignore
///   this set (uid)     yes            Keep
///   this set (uid)     no             Release
///   none               yes            Adopt, unless the object is terminating
///   none               no             Ignore
///
/// A set that is being deleted keeps what it has and neither adopts nor releases.
[[nodiscard]] Claim claim_object(const DaemonSet& set, const ObjectMeta& object);

/// Could this object be claimed by the set, now or by adoption? Finds the sets an event about an
/// ownerless object wakes.
[[nodiscard]] bool selects(const DaemonSet& set, const ObjectMeta& object);

}  // namespace picket::daemonset
