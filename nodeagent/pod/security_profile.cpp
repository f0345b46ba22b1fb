#include "nodeagent/pod/security_profile.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

Error profile_error(const std::string& name, std::string_view why) {
    return Error{
        .reason = Reason::Invalid,
        .message = fmt::format("cannot load seccomp profile \"{}\": {}", name, why)};
}

}  // namespace

std::optional<SecurityProfile> seccomp_of(const Pod& pod, const Container& container) {
    return container.security.seccomp ? container.security.seccomp : pod.spec.security.seccomp;
}

std::optional<SecurityProfile> app_armor_of(const Pod& pod, const Container& container) {
    return container.security.app_armor ? container.security.app_armor
                                        : pod.spec.security.app_armor;
}

Result<std::string> read_seccomp_profile(
    const Pod& pod, const Container& container, const NodeContext& node) {
    const auto profile = seccomp_of(pod, container);
    if (!profile || profile->type != "Localhost") return std::string();
    const auto& name = profile->localhost_profile;
    const fs::path below(name);
    const bool climbs = std::find(below.begin(), below.end(), "..") != below.end();
    if (name.empty() || below.is_absolute() || climbs)
        return profile_error(name, "it must be a path below the node's profile folder");
    const auto path = fs::path(node.seccomp_root) / below;
    const std::ifstream file(path, std::ios::binary);
    if (!file) return profile_error(name, path.string() + " cannot be read");
    std::ostringstream text;
    text << file.rdbuf();
    if (!Json::accept(text.str())) return profile_error(name, path.string() + " is not JSON");
    return std::move(text).str();
}

}  // namespace picket::nodeagent
