#pragma once
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "nodeagent/pod/referenced_objects.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// What the host needs to run its pods without a server: each pod as the API had it last, and the
/// ConfigMaps and Secrets it refers to, one file per pod below `<data dir>/pods`, mode 0600. A file
/// is rewritten only when what it is for has changed: a new status or resourceVersion alone is no
/// reason.
class PodCheckpoint {
public:
    explicit PodCheckpoint(std::filesystem::path folder) : folder_(std::move(folder)) {}

    Result<void> open();
    /// The pods of all readable files; a damaged one is logged and left out.
    [[nodiscard]] std::vector<Json> load_pods();
    [[nodiscard]] bool holds_pods_of(const std::string& node_name);
    Result<void> save_pod(const std::string& uid, const Json& pod);
    void remove_pod(const std::string& uid);

    [[nodiscard]] ReferencedObjects load_objects(const std::string& uid) const;
    Result<void> save_objects(const std::string& uid, const ReferencedObjects& objects);

private:
    [[nodiscard]] std::filesystem::path pod_file(const std::string& uid) const {
        return folder_ / (uid + ".json");
    }
    [[nodiscard]] std::filesystem::path object_file(const std::string& uid) const {
        return folder_ / (uid + ".objects");
    }

    std::filesystem::path folder_;
    std::map<std::filesystem::path, std::string>
        saved_;  ///< what of a file matters, as last written
};

}  // namespace picket::nodeagent
