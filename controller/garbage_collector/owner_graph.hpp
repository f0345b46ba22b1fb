#pragma once
#include "common/api/object_meta.hpp"
#include "common/api/resource.hpp"

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace picket::controller {

/// One object in the graph of owners. The metadata is shared with the cache it came from.
struct GraphObject {
    const Resource* resource = nullptr;
    std::shared_ptr<const ObjectMeta> meta = nullptr;
};

/// Who owns whom, over all kinds, by uid. Holds no more than it is told: an owner it does not know
/// may be gone or only not seen yet, and that has to be asked of the server before anything is
/// deleted.
class OwnerGraph {
public:
    void put(GraphObject object);
    void erase(const std::string& uid);
    /// No object has this uid any more; uids never come back. Remembered for as long as some object
    /// refers to it.
    void mark_absent(const std::string& uid);

    [[nodiscard]] const GraphObject* find(const std::string& uid) const;
    /// Uids of the objects with a reference to this one.
    [[nodiscard]] const std::set<std::string>& dependents(const std::string& uid) const;
    [[nodiscard]] bool known_absent(const std::string& uid) const { return absent_.contains(uid); }

private:
    std::unordered_map<std::string, GraphObject> objects_;
    std::unordered_map<std::string, std::set<std::string>> dependents_;
    std::unordered_set<std::string> absent_;
};

/// What to do about one object.
struct GarbageDecision {
    enum class Action {
        None,
        LookUpOwners,  ///< `uids`: owners that the graph does not know; ask the server, then decide
                       ///< again
        Delete,        ///< with `propagation`
        StripOwners,   ///< remove the references to `uids`: another owner keeps the object
        LookAtDependents,  ///< it waits for `uids` to be deleted (foreground)
        FinishForeground,  ///< nothing it waits for is left: remove the foregroundDeletion
                           ///< finalizer
        Orphan,  ///< strip the references of the dependents `uids`, then remove the orphan
                 ///< finalizer
    };
    Action action = Action::None;
    std::vector<std::string> uids = {};
    std::string propagation = {};  ///< "Background", "Foreground" or "Orphan"
};

/// The rules:
///   an object is deleted when it has owners and every one of them is absent;
///   with one solid owner left, only references to absent ones (or to ones in foreground deletion)
///   are removed; an owner in foreground deletion takes its dependents along and waits for those
///   that block it; an owner with the orphan finalizer lets its dependents go first; a namespaced
///   owner in another namespace counts as absent; one of a cluster-wide object cannot be found, so
///   it keeps that object; cycles do not block.
[[nodiscard]] GarbageDecision decide_garbage(const OwnerGraph& graph, const std::string& uid);

}  // namespace picket::controller
