#pragma once
#include "apiserver/registry/strategy.hpp"
#include "common/base/random.hpp"

#include <string_view>

namespace picket::registry {

/// Generic metadata rules, the same for every kind. Pure; see strategy.hpp for the order: these
/// come just before the prepare_… and validate… steps of the kind.

/// Sets uid, creationTimestamp, generation 1 where the kind has a spec; makes the name from
/// generateName; drops server-owned fields the client sent (deletionTimestamp, resourceVersion,
/// selfLink, managedFields).
void fill_meta_for_create(Json& object, Random& random, const RequestContext& context);
/// Name, namespace, label and annotation syntax, owner references, finalizers. For create and
/// update.
[[nodiscard]] std::vector<FieldError> validate_meta(const Resource& resource, const Json& object);
/// Puts server-owned metadata back from `old`: the generation always; uid, creationTimestamp,
/// deletionTimestamp … where the client left them out or wrote the same time in another form.
void restore_meta_for_update(Json& object, const Json& old);
/// The old generation, one higher if the change says so; for kinds that count changes of their
/// spec.
void set_generation(Json& object, const Json& old, bool spec_changed);
/// Besides validate_meta: immutable metadata, no new finalizer on an object that is being deleted.
[[nodiscard]] std::vector<FieldError> validate_meta_update(
    const Resource& resource, const Json& object, const Json& old);

/// Labels and annotations below `path`: "metadata", or "spec.template" for those of a pod template,
/// whose errors Kubernetes reports at spec.template.labels and spec.template.annotations.
[[nodiscard]] std::vector<FieldError> validate_labels_and_annotations(
    const Json& metadata, std::string_view path);

}  // namespace picket::registry
