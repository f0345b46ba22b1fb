#pragma once
#include "apiserver/storage/store.hpp"
#include "common/api/daemonset.hpp"
#include "common/api/node.hpp"
#include "common/api/pod.hpp"

#include <map>
#include <string>
#include <vector>

namespace picket::simulation {

/// What the server has, typed, read without a request. Each version is parsed once.
class ClusterView {
public:
    struct Object {
        storage::Revision revision = 0;
        Node node;
        Pod pod;
        DaemonSet set;
        std::string image;     ///< of a pod's or a set's first container
        Labels node_selector;  ///< of a set
    };
    using Objects = std::map<std::string, Object>;

    /// `server` counts the servers: what is known of one store says nothing of the next.
    void look(const storage::Store& store, int server);

    Objects nodes, pods, sets;
    /// What the last look found changed, so that nobody has to go through all of a large cluster.
    bool nodes_changed = false, sets_changed = false;
    std::vector<const Object*> changed_pods;

private:
    struct Source;
    /// False if nothing has changed.
    bool refresh(const storage::Store& store, const Source& source);

    int server_ = 0;
    std::map<std::string, std::uint64_t> changes_;  // by resource, as last looked at
};

}  // namespace picket::simulation
