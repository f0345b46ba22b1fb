#pragma once
#include "common/api/label_selector.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket {

inline constexpr std::string_view kForegroundFinalizer = "foregroundDeletion";
inline constexpr std::string_view kOrphanFinalizer = "orphan";

struct OwnerReference {
    std::string api_version;
    std::string kind;
    std::string name;
    std::string uid;
    bool controller = false;
    bool block_owner_deletion = false;

    static OwnerReference parse(const Json& reference);
    [[nodiscard]] bool operator==(const OwnerReference&) const = default;
};
[[nodiscard]] Json to_json(const OwnerReference& reference);

/// The part of `metadata` that logic reads. There is one per cached object, so it leaves out
/// annotations.
struct ObjectMeta {
    std::string name;
    std::string namespace_name;
    std::string uid;
    std::string resource_version;
    std::int64_t generation = 0;
    Labels labels;
    std::vector<OwnerReference> owners;
    std::vector<std::string> finalizers;
    TimePoint created;
    std::optional<TimePoint>
        deletion;  ///< deletionTimestamp: for a pod the end of its grace period

    /// From `metadata` itself, not from the object around it.
    static ObjectMeta parse(const Json& metadata);

    [[nodiscard]] bool deleting() const { return deletion.has_value(); }
    [[nodiscard]] bool has_finalizer(std::string_view finalizer) const;
    /// The owner with `controller: true`, or null.
    [[nodiscard]] const OwnerReference* controller() const;
    [[nodiscard]] std::string label(std::string_view key) const;
    /// "namespace/name", or "name" of a cluster-scoped object: the key of informers and work
    /// queues.
    [[nodiscard]] std::string key() const;
};

/// An object of any kind, when only its metadata matters.
struct PartialObject {
    ObjectMeta meta;
    static PartialObject parse(const Json& object);
};

/// True if `left` is a later version than `right`. Versions are one growing counter (decimal text).
[[nodiscard]] bool newer_version(std::string_view left, std::string_view right);

}  // namespace picket
