#pragma once
#include "common/api/object_meta.hpp"

#include <cstdint>
#include <string>

namespace picket {

/// Hosts that were broken before their turn in an update and whose next pod is not there yet; see
/// common/daemonset/turn.hpp.
inline constexpr const char* kExcusedAnnotation = "picket.dev/excused";

/// What controllers read of a ControllerRevision.
struct ControllerRevision {
    ObjectMeta meta;
    std::int64_t revision = 0;
    /// The `data` as canonical text (compact, keys sorted, without nulls): equal text means an
    /// equal template.
    std::string data = {};
    std::string excused = {};  ///< annotation kExcusedAnnotation

    static ControllerRevision parse(const Json& object);
};

/// Compact, keys sorted, members that are null left out: what may be compared byte for byte.
[[nodiscard]] std::string canonical_text(const Json& document);

}  // namespace picket
