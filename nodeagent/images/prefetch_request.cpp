#include "nodeagent/images/prefetch_request.hpp"

#include "common/api/json_read.hpp"
#include "common/api/pod.hpp"

#include <fmt/format.h>

namespace picket::nodeagent {
namespace {

ImagePullPolicy parse_prefetch_policy(const std::string& text) {
    if (text == "Always") return ImagePullPolicy::Always;
    return text == "Never" ? ImagePullPolicy::Never : ImagePullPolicy::IfNotPresent;
}

WantedImage parse_wanted_image(const Json& json) {
    return {json_read::text(json, "image"), parse_prefetch_policy(json_read::text(json, "policy"))};
}

}  // namespace

std::optional<PrefetchRequest> parse_prefetch_request(const Labels& annotations) {
    const auto found = annotations.find(kPrefetchAnnotation);
    if (found == annotations.end()) return std::nullopt;
    const auto json = Json::parse(found->second, nullptr, false);
    PrefetchRequest request{
        json_read::text(json, "revision"),
        json_read::text(json, "asked"),
        json_read::list<WantedImage>(json, "images", parse_wanted_image),
        json_read::strings(json, "imagePullSecrets")};
    if (request.revision.empty()) return std::nullopt;
    return request;
}

std::string wanted_container_name(std::size_t index) {
    return fmt::format("NEXT-{}", index);
}

Pod with_wanted_images(const Pod& pod, const PrefetchRequest& request) {
    Pod wanted = pod;
    for (std::size_t i = 0; i < request.images.size(); ++i) {
        Container container;
        container.name = wanted_container_name(i);
        container.image = request.images[i].image;
        container.pull_policy = request.images[i].policy;
        wanted.spec.containers.push_back(std::move(container));
    }
    auto& secrets = wanted.spec.image_pull_secrets;
    secrets.insert(secrets.end(), request.pull_secrets.begin(), request.pull_secrets.end());
    return wanted;
}

}  // namespace picket::nodeagent
