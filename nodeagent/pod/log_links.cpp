#include "nodeagent/pod/log_links.hpp"

#include "common/base/log.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <iterator>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

fs::path pod_log_folder(
    const fs::path& root,
    const std::string& namespace_name,
    const std::string& pod,
    const std::string& uid) {
    return root / "pods" / fmt::format("{}_{}_{}", namespace_name, pod, uid);
}

fs::path link_in_pod(const fs::path& root, const ContainerIdentity& identity) {
    return pod_log_folder(root, identity.pod_namespace, identity.pod_name, identity.pod_uid) /
           identity.container / fmt::format("{}.log", identity.attempt);
}

fs::path link_by_name(
    const fs::path& root, const ContainerIdentity& identity, const std::string& id) {
    return root / "containers" /
           fmt::format(
               "{}_{}_{}-{}.log",
               identity.pod_name,
               identity.pod_namespace,
               identity.container,
               id);
}

void make_link(const fs::path& target, const fs::path& link) {
    std::error_code error;
    fs::create_directories(link.parent_path(), error);
    if (!error) fs::remove(link, error);
    if (!error) fs::create_symlink(target, link, error);
    if (error)
        logger("pod")->warn("no link to a log path={} why={}", link.string(), error.message());
}

/// The file in a pod's folder that says which node's agent made it: on a host there may be folders
/// of others.
constexpr const char* kOwnerFile = ".picket-node";

void mark_owner(const fs::path& folder, const std::string& node) {
    const auto file = folder / kOwnerFile;
    if (std::error_code error; fs::exists(file, error)) return;
    std::ofstream(file) << node;
}

std::string owner_of(const fs::path& folder) {
    std::ifstream file(folder / kOwnerFile);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string uid_of_log_folder(const fs::path& folder) {
    const auto name = folder.filename().string();
    const auto last = name.rfind('_');
    return last == std::string::npos ? std::string() : name.substr(last + 1);
}

/// The links by name that lead into a folder which is about to go.
void unlink_names_into(const fs::path& root, const fs::path& folder) {
    std::error_code ignored;
    const auto inside = folder.string() + "/";
    for (const auto& entry : fs::directory_iterator(root / "containers", ignored)) {
        const auto target = fs::read_symlink(entry.path(), ignored).string();
        if (!ignored && target.starts_with(inside)) fs::remove(entry.path(), ignored);
    }
}

}  // namespace

void link_log(const fs::path& root, const ContainerState& container) {
    const auto identity = identity_of(container);
    if (root.empty() || container.log_path.empty() || identity.container == kSandboxName) return;
    const auto in_pod = link_in_pod(root, identity);
    make_link(container.log_path, in_pod);
    mark_owner(in_pod.parent_path().parent_path(), identity.node);
    make_link(in_pod, link_by_name(root, identity, container.id));
}

void unlink_log(const fs::path& root, const ContainerState& container) {
    if (root.empty()) return;
    const auto identity = identity_of(container);
    std::error_code ignored;  // a link that leads nowhere harms nobody
    fs::remove(link_in_pod(root, identity), ignored);
    fs::remove(link_by_name(root, identity, container.id), ignored);
}

void unlink_pod_logs(const fs::path& root, const Pod& pod) {
    if (root.empty() || pod.uid.empty()) return;
    std::error_code ignored;
    fs::remove_all(pod_log_folder(root, pod.namespace_name, pod.name, pod.uid), ignored);
}

std::size_t unlink_unknown_pod_logs(
    const fs::path& root, const std::string& node, const std::set<std::string>& known_uids) {
    if (root.empty()) return 0;
    std::vector<fs::path> folders;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / "pods", error)) {
        const auto& folder = entry.path();
        if (owner_of(folder) == node && !known_uids.contains(uid_of_log_folder(folder)))
            folders.push_back(folder);
    }
    for (const auto& folder : folders) {
        unlink_names_into(root, folder);
        fs::remove_all(folder, error);
    }
    return folders.size();
}

}  // namespace picket::nodeagent
