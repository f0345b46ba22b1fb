#pragma once
#include "common/api/pod.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace picket::controller {

using PodPtr = std::shared_ptr<const Pod>;

/// All pods, by what controllers look for: their controller, their node, or that they have no
/// controller. Fed by the pod informer and, ahead of it, by the answers to our own writes: a pod
/// that was just made counts from then on, so a cache that lags behind never leads to a second one.
/// Versions decide which of the two is newer.
class PodIndex {
public:
    using Pods = std::map<std::string, PodPtr>;  ///< by "namespace/name"

    /// A pod that was created but that the informer never showed is given up after this long.
    static constexpr std::chrono::seconds kAssumedFor{60};

    /// Called with every pod that is put in or taken out; one that changes is both.
    void on_touch(std::function<void(const Pod&)> handler) { touched_ = std::move(handler); }

    /// What the informer saw: the pod as it is now, or null when it is gone.
    void observe(const std::string& key, const PodPtr& after);
    /// What the server answered to a create or a change.
    void assume(const PodPtr& pod, TimePoint now);
    /// The server answered that the pod is gone: an informer that lags behind does not bring it
    /// back.
    void assume_gone(const std::string& key, const std::string& uid, TimePoint now);
    /// Drops assumed pods that were never seen; true if there were any. Also forgets deletions of
    /// long ago.
    bool drop_unseen(TimePoint now);
    [[nodiscard]] bool awaits_sight() const { return !assumed_.empty(); }

    [[nodiscard]] const Pods& controlled_by(const std::string& owner_uid) const;
    [[nodiscard]] const Pods& uncontrolled_in(const std::string& namespace_name) const;
    [[nodiscard]] const Pods& on_node(const std::string& node) const;
    /// Pods that are not bound yet and whose affinity names this node.
    [[nodiscard]] const Pods& aimed_at(const std::string& node) const;
    /// Nodes that at least one pod is bound to.
    [[nodiscard]] std::vector<std::string> nodes() const;
    [[nodiscard]] PodPtr find(const std::string& key) const;

private:
    using Group = std::unordered_map<std::string, Pods>;

    void put(const std::string& key, const PodPtr& pod);
    void erase(const std::string& key);

    std::unordered_map<std::string, PodPtr> pods_;
    std::map<std::string, TimePoint> assumed_;  // created by us and not seen yet
    std::map<std::string, std::pair<std::string, TimePoint>>
        gone_;  // uids of pods deleted by us whose deletion was not seen yet
    Group by_controller_;
    Group uncontrolled_;
    Group by_node_;
    Group by_aim_;
    std::function<void(const Pod&)> touched_ = [](const Pod&) {};
};

}  // namespace picket::controller
