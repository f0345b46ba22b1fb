#pragma once
#include "common/api/daemonset.hpp"
#include "common/api/pod.hpp"
#include "common/base/json.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace picket::daemonset {

/// What tells a pod of the current template from an older one.
struct CurrentRevision {
    std::string hash;
    std::optional<std::string> template_generation = std::nullopt;
    std::optional<TimePoint> since = std::nullopt;  ///< when its revision was made

    /// A pod is up to date if it wears the hash or the set's template generation; either is enough.
    [[nodiscard]] bool made(const ObjectMeta& pod) const;
};

/// Makes the pods of one set: everything but the node is put together once.
class PodFactory {
public:
    PodFactory(const DaemonSet& set, const CurrentRevision& revision);
    /// The pod to create for `node`: generated name, template labels and the two revision labels,
    /// the set as controller, automatic tolerations, and `spec.nodeName`, for no scheduler exists.
    [[nodiscard]] Json make(std::string_view node, PodTurn turn = PodTurn::None) const;

private:
    std::shared_ptr<const Json> prototype_;
};

}  // namespace picket::daemonset
