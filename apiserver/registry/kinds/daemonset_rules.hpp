#pragma once
/// The parts of the DaemonSet's strategy: template generation, defaults, validation.
#include "apiserver/registry/document.hpp"
#include "common/base/result.hpp"

namespace picket::registry {

/// How often the template changed: an annotation in apps/v1, spec.templateGeneration in
/// extensions/v1beta1.
inline constexpr const char* kTemplateGenerationAnnotation =
    "deprecated.daemonset.template.generation";

/// BadRequest if the annotation is there and no integer.
[[nodiscard]] Result<void> check_template_generation(const Json& object);
/// 0 if the object has none.
[[nodiscard]] std::int64_t template_generation(const Json& object);
void set_template_generation(Json& object, std::int64_t generation);
/// From extensions/v1beta1: the field becomes the annotation.
void take_template_generation(Json& object);
/// To extensions/v1beta1: the annotation becomes the field.
void show_template_generation(Json& object);

/// An absent selector selects what the template's labels say. In every version: the 2016 document
/// promises it.
void default_selector(Json& object);
void default_update_strategy(Json& object, bool legacy);
/// extensions/v1beta1 knows no surge; one that somebody set is shown all the same.
void hide_zero_surge(Json& object);
/// A set without labels gets those of its template (extensions/v1beta1 alone).
void default_labels(Json& object);
/// Before 1.6 tolerations were a JSON list in an annotation of the template; they become the
/// template's own where it has none.
void take_annotated_tolerations(Json& object);

[[nodiscard]] FieldErrors validate_daemonset(const Json& object);
[[nodiscard]] FieldErrors validate_daemonset_status(const Json& status, const Json& old);
void validate_update_strategy(const Json& strategy, const std::string& path, FieldErrors& errors);

}  // namespace picket::registry
