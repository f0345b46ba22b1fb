#pragma once
#include "common/api/label_selector.hpp"
#include "common/api/node_affinity.hpp"
#include "common/api/object_meta.hpp"
#include "common/api/taint.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket {

inline constexpr const char* kTemplateGenerationAnnotation =
    "deprecated.daemonset.template.generation";
inline constexpr const char* kTemplateGenerationLabel = "pod-template-generation";
inline constexpr const char* kRevisionHashLabel = "controller-revision-hash";
/// "kubernetes" turns the blame-aware rollout off.
inline constexpr const char* kRolloutPolicyAnnotation = "picket.dev/rollout-policy";

/// A number, or a percentage of some total: 3 or "30%".
struct IntOrPercent {
    std::int64_t value = 0;
    bool percent = false;

    static IntOrPercent parse(const Json& value);
    /// Percentages are rounded up: 50% of 3 is 2.
    [[nodiscard]] std::int64_t resolve(std::int64_t total) const;
};

/// The part of `spec.template` that decides where pods go, and the whole document to make them
/// from.
struct PodTemplate {
    Labels labels = {};
    std::string node_name = {};
    Labels node_selector = {};
    std::optional<NodeAffinity> affinity = std::nullopt;  ///< from spec.affinity
    std::optional<NodeAffinity> annotation_affinity =
        std::nullopt;  ///< from the annotation of the 2016 document
    std::vector<Toleration> tolerations = {};
    bool host_network = false;
    std::uint32_t images = 0;  ///< see hash_images
    std::shared_ptr<const Json> document = nullptr;

    static PodTemplate parse(const Json& document);
};

enum class UpdateStrategy { RollingUpdate, OnDelete };

/// One entry of a status' `conditions`.
struct StatusCondition {
    std::string type;
    std::string status;  ///< True, False or Unknown
    std::string reason = {};
    std::string message = {};
    std::optional<TimePoint> transition = std::nullopt;

    [[nodiscard]] bool operator==(const StatusCondition&) const = default;
};

/// What is in `status`, in the order of the API's documentation.
struct DaemonSetStatus {
    std::int64_t current_number_scheduled = 0;
    std::int64_t number_misscheduled = 0;
    std::int64_t desired_number_scheduled = 0;
    std::int64_t number_ready = 0;
    std::int64_t observed_generation = 0;
    std::int64_t updated_number_scheduled = 0;
    std::int64_t number_available = 0;
    std::int64_t number_unavailable = 0;
    std::optional<std::int64_t> collision_count = std::nullopt;
    std::vector<StatusCondition> conditions = {};

    static DaemonSetStatus parse(const Json& status);
    [[nodiscard]] bool operator==(const DaemonSetStatus&) const = default;
};

/// What controllers read of a DaemonSet.
struct DaemonSet {
    ObjectMeta meta;
    Labels annotations = {};
    /// Nothing when absent or malformed: then the set selects nothing.
    std::optional<LabelSelector> selector = std::nullopt;
    PodTemplate pod_template = {};
    UpdateStrategy update_strategy = UpdateStrategy::RollingUpdate;
    IntOrPercent max_unavailable = {.value = 1};
    IntOrPercent max_surge = {};
    std::int64_t min_ready_seconds = 0;
    std::int64_t revision_history_limit = 10;
    DaemonSetStatus status = {};

    static DaemonSet parse(const Json& object);

    /// The value of the template-generation annotation, as pods wear it in a label; nothing without
    /// the annotation.
    [[nodiscard]] std::optional<std::string> template_generation() const;
    /// Whether an update leaves hosts aside that were lost or broken before their turn.
    [[nodiscard]] bool blame_aware() const;
    /// The reference that makes this set the controller of an object.
    [[nodiscard]] OwnerReference owner_reference() const;
};

}  // namespace picket
