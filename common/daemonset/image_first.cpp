#include "common/daemonset/image_first.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::daemonset {
namespace {

bool needs_images(const DaemonSet& set, const Pod& pod) {
    return set.blame_aware() && pod.images != set.pod_template.images;
}

Json images_of(const Json& spec) {
    auto images = Json::array();
    for (const auto* list : {"initContainers", "containers"}) {
        for (const auto& container : json_read::member(spec, list)) {
            Json image{
                {"image", json_read::text(container, "image")},
                {"policy", json_read::text(container, "imagePullPolicy")}};
            if (std::find(images.begin(), images.end(), image) == images.end())
                images.push_back(std::move(image));
        }
    }
    return images;
}

}  // namespace

bool ImageFirst::asked(const Pod& pod) const {
    return pod.prefetch && pod.prefetch->revision == input_.revision.hash;
}

bool ImageFirst::there(const NodeSituation& situation, const Pod& pod) {
    if (!situation.can_prefetch || !needs_images(input_.set, pod)) return true;
    if (!asked(pod)) return false;
    if (pod.prefetch->done) proven_ = true;
    return pod.prefetch->done || cannot_answer(*pod.prefetch);
}

bool ImageFirst::cannot_answer(const Prefetch& prefetch) const {
    return !prefetch.answered && (!prefetch.asked || input_.now - *prefetch.asked >= kAnswer);
}

void ImageFirst::wanted(const Pod& pod) {
    (asked(pod) ? asked_ : unasked_).push_back(&pod);
}

bool ImageFirst::holds_place(const Prefetch& prefetch) const {
    if (prefetch.failed && proven_) return false;
    return prefetch.asked && input_.now - *prefetch.asked < kPatience;
}

void ImageFirst::look_ahead(std::int64_t max_unavailable) {
    auto places = std::max<std::int64_t>(2, 2 * max_unavailable) - ahead_;
    for (const auto* pod : asked_) {
        const auto& prefetch = *pod->prefetch;
        const auto asked_at = prefetch.asked.value_or(input_.now);
        if (!prefetch.answered) plan_.look_again_after(asked_at + kAnswer - input_.now);
        if (!holds_place(prefetch)) continue;
        --places;
        if (!unasked_.empty()) plan_.look_again_after(asked_at + kPatience - input_.now);
    }
    for (const auto* pod : unasked_) {
        if (places-- <= 0) return;
        plan_.prefetches.push_back(pod->meta.name);
    }
}

bool waits_for_images(
    const DaemonSet& set,
    const CurrentRevision& revision,
    const NodeSituation& situation,
    const Pod& pod) {
    if (!situation.can_prefetch || !needs_images(set, pod)) return false;
    if (set.max_surge.resolve(1) > 0 || !pod.prefetch) return false;
    return pod.prefetch->revision == revision.hash && !pod.prefetch->done;
}

std::string prefetch_request(
    const PodTemplate& pod_template, const CurrentRevision& revision, TimePoint now) {
    const auto& spec = json_read::member(*pod_template.document, "spec");
    auto secrets = Json::array();
    for (const auto& secret : json_read::member(spec, "imagePullSecrets"))
        secrets.push_back(json_read::text(secret, "name"));
    const Json request{
        {"revision", revision.hash},
        {"images", images_of(spec)},
        {"imagePullSecrets", std::move(secrets)},
        {"asked", format_time(now)}};
    return request.dump();
}

}  // namespace picket::daemonset
