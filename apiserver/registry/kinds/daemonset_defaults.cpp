#include "apiserver/registry/kinds/daemonset_rules.hpp"
#include "common/api/status.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>

namespace picket::registry {
namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

constexpr const char* kTolerationsAnnotation = "scheduler.alpha.kubernetes.io/tolerations";

std::string generation_text(const Json& object) {
    return text_at(object, {"metadata", "annotations", kTemplateGenerationAnnotation});
}

}  // namespace

Result<void> check_template_generation(const Json& object) {
    const auto text = generation_text(object);
    if (text.empty() || parse_integer(text)) return Ok();
    return bad_request(fmt::format(
        "annotation {} is not an integer: \"{}\"", kTemplateGenerationAnnotation, text));
}

std::int64_t template_generation(const Json& object) {
    return parse_integer(generation_text(object)).value_or(0);
}

void set_template_generation(Json& object, std::int64_t generation) {
    auto& annotations = object_in(object_in(object, "metadata"), "annotations");
    annotations[kTemplateGenerationAnnotation] = std::to_string(generation);
}

void take_template_generation(Json& object) {
    auto& spec = object_in(object, "spec");
    if (has(spec, "templateGeneration")) {
        set_template_generation(object, json_read::integer(spec, "templateGeneration"));
    } else if (has(member(object, "metadata"), "annotations")) {
        drop(object["metadata"]["annotations"], kTemplateGenerationAnnotation);
    }
    drop(spec, "templateGeneration");
}

void show_template_generation(Json& object) {
    if (generation_text(object).empty()) return;
    object_in(object, "spec")["templateGeneration"] = template_generation(object);
    auto& metadata = object["metadata"];
    drop(metadata["annotations"], kTemplateGenerationAnnotation);
    if (metadata["annotations"].empty()) drop(metadata, "annotations");
}

void default_selector(Json& object) {
    const auto& labels = at(object, {"spec", "template", "metadata", "labels"});
    if (labels.empty() || has(member(object, "spec"), "selector")) return;
    Json selector = {{"matchLabels", labels}};
    object_in(object, "spec")["selector"] = std::move(selector);
}

void default_update_strategy(Json& object, bool legacy) {
    auto& strategy = object_in(object_in(object, "spec"), "updateStrategy");
    if (json_read::text(strategy, "type").empty())
        strategy["type"] = legacy ? "OnDelete" : "RollingUpdate";
    if (strategy["type"] != "RollingUpdate") return;
    auto& rolling = object_in(strategy, "rollingUpdate");
    if (!has(rolling, "maxUnavailable")) rolling["maxUnavailable"] = 1;
    if (!has(rolling, "maxSurge")) rolling["maxSurge"] = 0;
}

void hide_zero_surge(Json& object) {
    const auto& rolling = at(object, {"spec", "updateStrategy", "rollingUpdate"});
    if (member(rolling, "maxSurge") == 0)
        drop(object["spec"]["updateStrategy"]["rollingUpdate"], "maxSurge");
}

void default_labels(Json& object) {
    const auto labels = at(object, {"spec", "template", "metadata", "labels"});
    auto& metadata = object_in(object, "metadata");
    if (!labels.empty() && member(metadata, "labels").empty()) metadata["labels"] = labels;
}

void take_annotated_tolerations(Json& object) {
    const auto& annotations = at(object, {"spec", "template", "metadata", "annotations"});
    const auto text = json_read::text(annotations, kTolerationsAnnotation);
    auto tolerations = Json::parse(text, nullptr, false);
    if (!tolerations.is_array() || tolerations.empty()) return;
    auto& spec = object_in(object["spec"]["template"], "spec");
    if (member(spec, "tolerations").empty()) spec["tolerations"] = std::move(tolerations);
}

}  // namespace picket::registry
