#pragma once
/// What restricts the nodes of a pod.
#include "apiserver/registry/document.hpp"

#include <string>

namespace picket::registry {

/// The annotation of the 2016 document knows no fields and wants an expression in each term.
enum class AffinityForm { Field, Annotation };

/// `path` is that of nodeAffinity.
void validate_node_affinity(
    const Json& node_affinity, const std::string& path, AffinityForm form, FieldErrors& errors);
void validate_tolerations(const Json& tolerations, const std::string& path, FieldErrors& errors);

}  // namespace picket::registry
