#include "apiserver/auth/impersonation.hpp"

#include "common/api/status.hpp"

#include <algorithm>
#include <cctype>

namespace picket::apiserver {
namespace {

constexpr std::string_view kExtraPrefix = "impersonate-extra-";

bool begins_without_case(std::string_view text, std::string_view lower_prefix) {
    return text.size() >= lower_prefix.size() &&
           std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(), [](char a, char b) {
               return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
           });
}

constexpr std::string_view kReviewGroup = "authentication.k8s.io";

/// What a header says of the other user's `extra`: its key, in lower case and percent-encoded.
std::optional<std::string> extra_key(std::string_view header) {
    if (!begins_without_case(header, kExtraPrefix)) return std::nullopt;
    std::string key(header.substr(kExtraPrefix.size()));
    std::ranges::transform(
        key, key.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    // A path of one segment: the only thing here that undoes percent-encoding is for targets.
    const auto path = http::parse_target("/" + key);
    return path ? path->path.substr(1) : key;
}

bool names_anything(const http::Headers& headers) {
    return std::any_of(headers.begin(), headers.end(), [](const auto& field) {
        return begins_without_case(field.first, "impersonate-");
    });
}

/// One question to the authorizer: may `user` take on this part of another one?
struct Part {
    std::string_view group;
    std::string_view resource;
    std::string_view subresource;
    std::string_view name;
};

Result<void> may_impersonate(const User& user, const Part& part, const NodeFacts& facts) {
    AccessRequest access;
    access.resource_request = true;
    access.verb = "impersonate";
    access.group = part.group;
    access.resource = part.resource;
    access.subresource = part.subresource;
    access.name = part.name;
    return authorize(user, access, facts);
}

Result<void> take_groups(
    User& other, const User& user, const http::Headers& headers, const NodeFacts& facts) {
    for (const auto group : headers.find_all("Impersonate-Group")) {
        auto allowed = may_impersonate(user, {"", "groups", "", group}, facts);
        if (!allowed) return allowed;
        other.groups.emplace_back(group);
    }
    if (!other.anonymous()) other.groups.emplace_back(kAuthenticatedGroup);
    return Ok();
}

Result<void> take_uid(
    User& other, const User& user, const http::Headers& headers, const NodeFacts& facts) {
    const auto uid = headers.find("Impersonate-Uid");
    if (!uid) return Ok();
    auto allowed = may_impersonate(user, {kReviewGroup, "uids", "", *uid}, facts);
    if (allowed) other.uid = *uid;
    return allowed;
}

Result<void> take_extra(
    User& other, const User& user, const http::Headers& headers, const NodeFacts& facts) {
    for (const auto& [header, value] : headers) {
        const auto key = extra_key(header);
        if (!key) continue;
        auto allowed = may_impersonate(user, {kReviewGroup, "userextras", *key, value}, facts);
        if (!allowed) return allowed;
        other.extra[*key].emplace_back(value);
    }
    return Ok();
}

}  // namespace

Result<User> impersonated_user(
    const User& user, const http::Headers& headers, const NodeFacts& facts) {
    if (!names_anything(headers)) return user;
    const auto name = headers.find("Impersonate-User").value_or(std::string_view());
    if (name.empty()) return bad_request("impersonation needs the name of a user");
    const auto allowed = may_impersonate(user, {"", "users", "", name}, facts);
    if (!allowed) return allowed.error();
    User other{std::string(name), {}};
    other.impersonated_by = user.name;
    for (const auto take : {take_groups, take_uid, take_extra}) {
        const auto taken = take(other, user, headers, facts);
        if (!taken) return taken.error();
    }
    return other;
}

}  // namespace picket::apiserver
