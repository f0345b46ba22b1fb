#include "common/daemonset/pod_template.hpp"

#include "common/api/json_read.hpp"
#include "common/daemonset/placement.hpp"

#include <nlohmann/json.hpp>

namespace picket::daemonset {
namespace {

constexpr std::size_t kLongestName = 253;

std::string name_prefix(const std::string& set_name) {
    return set_name.size() < kLongestName ? set_name + "-" : set_name;
}

Json pod_metadata(const DaemonSet& set, const CurrentRevision& revision) {
    const auto& from = json_read::member(*set.pod_template.document, "metadata");
    auto metadata = Json::object();
    for (const auto* copied : {"annotations", "finalizers", "labels"}) {
        if (const auto& value = json_read::member(from, copied); !value.is_null())
            metadata[copied] = value;
    }
    metadata["generateName"] = name_prefix(set.meta.name);
    metadata["namespace"] = set.meta.namespace_name;
    metadata["labels"][kRevisionHashLabel] = revision.hash;
    if (revision.template_generation)
        metadata["labels"][kTemplateGenerationLabel] = *revision.template_generation;
    metadata["ownerReferences"] = Json::array({to_json(set.owner_reference())});
    return metadata;
}

Json all_tolerations(const PodTemplate& pod_template) {
    auto list = Json::array();
    for (const auto& toleration : daemon_tolerations(pod_template))
        list.push_back(to_json(toleration));
    return list;
}

}  // namespace

PodFactory::PodFactory(const DaemonSet& set, const CurrentRevision& revision) {
    Json pod{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", pod_metadata(set, revision)}};
    pod["spec"] = json_read::member(*set.pod_template.document, "spec");
    pod["spec"]["tolerations"] = all_tolerations(set.pod_template);
    prototype_ = std::make_shared<const Json>(std::move(pod));
}

Json PodFactory::make(std::string_view node, PodTurn turn) const {
    Json pod = *prototype_;
    if (turn != PodTurn::None)
        pod["metadata"]["annotations"][kTurnAnnotation] = pod_turn_name(turn);
    pod["spec"]["nodeName"] = node;
    return pod;
}

bool CurrentRevision::made(const ObjectMeta& pod) const {
    if (!hash.empty() && pod.label(kRevisionHashLabel) == hash) return true;
    return template_generation && pod.label(kTemplateGenerationLabel) == *template_generation;
}

}  // namespace picket::daemonset
