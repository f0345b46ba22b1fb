#pragma once
#include "nodeagent/pod/pod_memory.hpp"
#include "nodeagent/pod/pod_services.hpp"

#include <functional>
#include <memory>
#include <string>

namespace picket::nodeagent {

/// Makes sure that a container's image is on the host, as its pull policy says, with the events
/// that people look for. Answers Ready with the image or Failed with the reason; the caller keeps
/// the back-off. `progress` gets the engine's words during a pull.
Awaitable<ImageState> prepare_container_image(
    PodServices& services,
    std::shared_ptr<const Pod> pod,
    std::string container,
    std::function<void(std::string)> progress);

}  // namespace picket::nodeagent
