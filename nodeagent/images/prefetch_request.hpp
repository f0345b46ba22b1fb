#pragma once
#include "nodeagent/pod/pod.hpp"

#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

struct WantedImage {
    std::string image;
    ImagePullPolicy policy = ImagePullPolicy::IfNotPresent;
    bool operator==(const WantedImage&) const = default;
};

/// The annotation `picket.dev/prefetch` of a running pod: the images of the revision that is to
/// take its place, wanted on this host before the pod may be stopped.
struct PrefetchRequest {
    std::string revision;
    std::string asked;  ///< when; a later time asks again
    std::vector<WantedImage> images;
    std::vector<std::string> pull_secrets;
    bool operator==(const PrefetchRequest&) const = default;
};

/// Nothing if there is no such annotation, or one that cannot be used.
[[nodiscard]] std::optional<PrefetchRequest> parse_prefetch_request(const Labels& annotations);

/// The pod with one more container per wanted image, and the pull secrets: what prepares the images
/// of a pod then prepares these. Their containers are never made.
[[nodiscard]] Pod with_wanted_images(const Pod& pod, const PrefetchRequest& request);
/// The name of the container for the image at `index`; no container of a pod can have it.
[[nodiscard]] std::string wanted_container_name(std::size_t index);

}  // namespace picket::nodeagent
