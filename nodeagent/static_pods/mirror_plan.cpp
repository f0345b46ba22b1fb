#include "nodeagent/static_pods/mirror_plan.hpp"

namespace picket::nodeagent {

MirrorPlan plan_mirrors(
    const std::map<std::string, std::string>& wanted,
    const std::map<std::string, SeenMirror>& seen) {
    MirrorPlan plan;
    for (const auto& [key, mirror] : seen) {
        const auto pod = wanted.find(key);
        const bool stands = pod != wanted.end() && pod->second == mirror.hash;
        if (!stands || mirror.terminating) plan.remove.push_back(key);
    }
    for (const auto& [key, hash] : wanted) {
        if (!seen.contains(key)) plan.create.push_back(key);
    }
    return plan;
}

}  // namespace picket::nodeagent
