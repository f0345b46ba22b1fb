#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::apiserver {

inline constexpr std::string_view kMastersGroup = "system:masters";
inline constexpr std::string_view kNodesGroup = "system:nodes";
inline constexpr std::string_view kJoinGroup = "picket:join";
inline constexpr std::string_view kAuthenticatedGroup = "system:authenticated";
inline constexpr std::string_view kAnonymousUser = "system:anonymous";
inline constexpr std::string_view kControllerUser = "system:controller";
inline constexpr std::string_view kServiceAccountsGroup = "system:serviceaccounts";
inline constexpr std::string_view kServiceAccountPrefix = "system:serviceaccount:";
inline constexpr std::string_view kNodeUserPrefix = "system:node:";

/// Who sends a request, as the token says.
struct User {
    std::string name;
    std::vector<std::string> groups;
    std::string uid = {};
    /// What else is known of it, for those who ask who it is; decides nothing.
    std::map<std::string, std::vector<std::string>> extra = {};
    std::string impersonated_by = {};  ///< whose token it was, where that is somebody else

    [[nodiscard]] bool in_group(std::string_view group) const {
        return std::ranges::find(groups, group) != groups.end();
    }
    [[nodiscard]] bool anonymous() const { return name == kAnonymousUser; }
    /// The node whose agent this is.
    [[nodiscard]] std::optional<std::string_view> node() const {
        if (!in_group(kNodesGroup) || !name.starts_with(kNodeUserPrefix)) return std::nullopt;
        return std::string_view(name).substr(kNodeUserPrefix.size());
    }
};

/// "system:serviceaccount:<namespace>:<name>"
[[nodiscard]] inline std::string service_account_user(
    std::string_view namespace_name, std::string_view name) {
    return std::string(kServiceAccountPrefix).append(namespace_name).append(":").append(name);
}

}  // namespace picket::apiserver
