#pragma once
#include <map>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// A mirror pod as the API has it.
struct SeenMirror {
    std::string uid;
    std::string hash;  ///< which static pod it stands for
    bool terminating = false;
};

struct MirrorPlan {
    std::vector<std::string> create;  ///< keys "namespace/name"
    std::vector<std::string> remove;
};

/// One mirror per static pod (key → hash). One of another text, one that somebody deletes, and one
/// without a static pod is removed first; its successor is made when it is gone.
[[nodiscard]] MirrorPlan plan_mirrors(
    const std::map<std::string, std::string>& wanted,
    const std::map<std::string, SeenMirror>& seen);

}  // namespace picket::nodeagent
