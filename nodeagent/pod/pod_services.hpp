#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/pod/pod_volumes.hpp"
#include "nodeagent/pod/referenced_objects.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <functional>
#include <string>

namespace picket::nodeagent {

/// Where a pod's ConfigMaps and Secrets come from: the server, or the local copy while it is away.
class ObjectSource {
public:
    virtual ~ObjectSource() = default;
    virtual Awaitable<Result<ReferencedObjects>> fetch(std::shared_ptr<const Pod> pod) = 0;
    /// Calls `on_change` whenever one of these is not what the last fetch() gave, until unfollow().
    virtual void follow(const Pod& pod, ReferencedNames names, std::function<void()> on_change) = 0;
    virtual void unfollow(const std::string& uid) = 0;
};

/// Where events about pods go. `container` may be empty.
class PodEvents {
public:
    virtual ~PodEvents() = default;
    virtual void normal(
        const Pod& pod, const std::string& container, std::string reason, std::string message) = 0;
    virtual void warning(
        const Pod& pod, const std::string& container, std::string reason, std::string message) = 0;
};

/// Where a pod's status goes. Only the newest counts; it is sent when the server can be reached.
class StatusSink {
public:
    virtual ~StatusSink() = default;
    virtual void report(const Pod& pod, Json status) = 0;
};

class BlackBox;
class ApiRelay;
class ImageLedger;
class PullSlots;

/// What all pod workers of one agent share.
struct PodServices {
    Runtime& runtime;
    const Clock& clock;
    const NodeContext& node;
    PodVolumes& volumes;
    ObjectSource& objects;
    PodEvents& events;
    StatusSink& statuses;
    BlackBox* black_box = nullptr;         ///< null: exits are not written down
    PullSlots* pulls = nullptr;            ///< null: as many pulls at once as there are
    ImageLedger* pulled_images = nullptr;  ///< null: nobody asks what was pulled
    ApiRelay* relay = nullptr;             ///< null: the server is no matter of this host's bridge
};

}  // namespace picket::nodeagent
