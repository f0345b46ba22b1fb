#include "common/daemonset/ownership.hpp"

namespace picket::daemonset {

bool selects(const DaemonSet& set, const ObjectMeta& object) {
    if (set.meta.namespace_name != object.namespace_name) return false;
    // An empty selector would take every pod of the namespace: such a set is refused, not obeyed.
    return set.selector && !set.selector->empty() && set.selector->matches(object.labels);
}

Claim claim_object(const DaemonSet& set, const ObjectMeta& object) {
    const bool matches = selects(set, object);
    if (const auto* owner = object.controller()) {
        if (owner->uid != set.meta.uid) return Claim::Ignore;
        return matches || set.meta.deleting() ? Claim::Keep : Claim::Release;
    }
    const bool adoptable = matches && !object.deleting() && !set.meta.deleting();
    return adoptable ? Claim::Adopt : Claim::Ignore;
}

}  // namespace picket::daemonset
