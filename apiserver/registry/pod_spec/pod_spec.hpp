#pragma once
/// The rules of a pod's spec, shared by pods and pod templates.
#include "apiserver/registry/document.hpp"

#include <string>

namespace picket::registry {

/// A few rules hold for pods alone: a template must not show more than its author wrote.
enum class PodSpecUse { Pod, Template };

/// Defaults that depend on other fields. Amounts of resources become canonical, so that "0.5" and
/// "500m" are no change.
void default_pod_spec(Json& spec, PodSpecUse use);

/// `path` is "spec" or "spec.template.spec".
void validate_pod_spec(
    const Json& spec, const std::string& path, PodSpecUse use, FieldErrors& errors);

/// The annotation scheduler.alpha.kubernetes.io/affinity in `metadata`, if there is one; `path` is
/// that of its annotations: "metadata.annotations" or "spec.template.annotations".
void validate_affinity_annotation(
    const Json& metadata, const std::string& path, FieldErrors& errors);

}  // namespace picket::registry
