#pragma once
#include "common/api/object_meta.hpp"
#include "common/api/taint.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket {

/// With every request an agent says which boot of which host it is, and which data dir, so that the
/// server notices two that share a credential: "<boot id>/<inode of the data dir>".
inline constexpr const char* kHostHeader = "Picket-Host";

/// True, False or Unknown, as every condition of the API has it; Absent when there is no such
/// condition.
enum class ConditionStatus { Absent, True, False, Unknown };
[[nodiscard]] ConditionStatus parse_condition_status(std::string_view text);

struct NodeCondition {
    std::string type;
    ConditionStatus status = ConditionStatus::Unknown;
    std::string reason = {};
    std::optional<TimePoint> heartbeat = std::nullopt;
    std::optional<TimePoint> transition = std::nullopt;
};

/// The label by which an agent says that it pulls images ahead of an update when it is asked.
inline constexpr const char* kPrefetchLabel = "picket.dev/prefetch";

/// What controllers read of a Node.
struct Node {
    ObjectMeta meta;
    bool unschedulable = false;
    std::vector<Taint> taints = {};
    std::vector<NodeCondition> conditions = {};

    static Node parse(const Json& object);
    /// Null if the node has no condition of that type.
    [[nodiscard]] const NodeCondition* condition(std::string_view type) const;
    [[nodiscard]] ConditionStatus condition_status(std::string_view type) const;
    [[nodiscard]] bool prefetches() const { return meta.label(kPrefetchLabel) == "true"; }
};

}  // namespace picket
