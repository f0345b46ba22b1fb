#pragma once
#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "nodeagent/pod/environment.hpp"
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/pod/referenced_objects.hpp"
#include "nodeagent/runtime/container_spec.hpp"
#include "nodeagent/runtime/engine_view.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// The volumes of this host's pods, below `<data dir>/volumes/<pod uid>/<volume>`. Loop thread
/// only; every call is short local file work.
class PodVolumes {
public:
    /// Without `engine` nothing is mounted: everything lies in plain folders, also what belongs in
    /// memory.
    explicit PodVolumes(std::filesystem::path root, std::optional<EngineView> engine = {})
        : root_(std::move(root)), engine_(std::move(engine)) {}

    Result<void> open();
    /// Makes every volume of the pod. May be called again: what is there stays, changed files are
    /// replaced at once. The error is the text of a FailedMount event.
    Result<void> prepare(
        const Pod& pod, const NodeContext& node, const ReferencedObjects& objects, TimePoint now);
    /// Writes the files of configMap, secret, downwardAPI and projected volumes anew, where they
    /// differ.
    Result<void> refresh_files(
        const Pod& pod, const NodeContext& node, const ReferencedObjects& objects, TimePoint now);
    /// The mounts of one container, after prepare().
    [[nodiscard]] Result<std::vector<BindMount>> mounts_of(
        const Pod& pod, const Container& container, const Environment& environment);
    /// A file that a container has left in an emptyDir; nothing if there is none.
    [[nodiscard]] Result<std::optional<std::string>> read_file(
        const Pod& pod, const std::string& volume, const std::string& path) const;
    /// Unmounts and deletes everything of a pod.
    Result<void> remove(const std::string& uid);
    /// Uids of the pods that have a folder here.
    [[nodiscard]] std::vector<std::string> pods_with_folders() const;
    [[nodiscard]] std::filesystem::path pod_folder(const std::string& uid) const {
        return root_ / uid;
    }

private:
    [[nodiscard]] std::filesystem::path folder_of(const Pod& pod, const Volume& volume) const;
    /// Where it lies: in memory, or in a folder where nothing may be mounted.
    [[nodiscard]] Result<void> prepare_memory(const Pod& pod, const Volume& volume) const;
    Result<void> prepare_volume(
        const Pod& pod,
        const Volume& volume,
        const NodeContext& node,
        const ReferencedObjects& objects,
        TimePoint now);
    Result<std::string> source_of(
        const Pod& pod,
        const Volume& volume,
        const std::string& sub_path,
        const std::filesystem::path& point);

    std::filesystem::path root_;
    std::optional<EngineView> engine_;
};

}  // namespace picket::nodeagent
