#pragma once
#include "common/api/pod.hpp"

#include <optional>
#include <string>

namespace picket {

/// The first container of a pod, init containers before the others, that is kept from running.
struct TroubledContainer {
    PodTrouble trouble = PodTrouble::None;
    std::string container = {};
    std::string reason = {};  ///< in the API's word: "ImagePullBackOff"
    std::string message = {};
    std::optional<TimePoint> since = std::nullopt;  ///< where the status says it
};
/// From a pod's `status`.
[[nodiscard]] TroubledContainer find_trouble(const Json& status);

}  // namespace picket
