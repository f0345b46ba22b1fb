#include "nodeagent/runtime/labels.hpp"

#include "common/base/encoding.hpp"

#include <fmt/format.h>

#include <charconv>

namespace picket::nodeagent {
namespace {

std::int64_t number_or(const std::string& text, std::int64_t fallback) {
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && last == end && !text.empty() ? value : fallback;
}

}  // namespace

std::string engine_name(const ContainerIdentity& identity) {
    return fmt::format(
        "k8s_{}_{}_{}_{}_{}",
        identity.container,
        identity.pod_name,
        identity.pod_namespace,
        identity.pod_uid,
        identity.attempt);
}

ContainerLabels to_labels(const ContainerIdentity& identity) {
    return {
        {std::string(label::kNode), identity.node},
        {std::string(label::kPodName), identity.pod_name},
        {std::string(label::kPodNamespace), identity.pod_namespace},
        {std::string(label::kPodUid), identity.pod_uid},
        {std::string(label::kContainerName), identity.container},
        {std::string(label::kRestartCount), std::to_string(identity.attempt)},
        {std::string(label::kSpecHash), identity.spec_hash},
        {std::string(label::kGraceSeconds), std::to_string(identity.grace_seconds)},
        {std::string(label::kBoot), identity.boot},
    };
}

ContainerIdentity identity_of(const ContainerState& container) {
    ContainerIdentity identity;
    identity.node = container.label(label::kNode);
    identity.pod_name = container.label(label::kPodName);
    identity.pod_namespace = container.label(label::kPodNamespace);
    identity.pod_uid = container.label(label::kPodUid);
    identity.container = container.label(label::kContainerName);
    identity.attempt = static_cast<int>(number_or(container.label(label::kRestartCount), 0));
    identity.spec_hash = container.label(label::kSpecHash);
    identity.grace_seconds = number_or(container.label(label::kGraceSeconds), 30);
    identity.boot = container.label(label::kBoot);
    return identity;
}

std::string spec_hash(std::string_view container, std::string_view image) {
    const auto text = fmt::format("{}\n{}", container, image);
    return fmt::format("{:08x}", fnv1a_32(text));
}

}  // namespace picket::nodeagent
