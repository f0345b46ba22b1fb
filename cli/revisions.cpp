#include "cli/revisions.hpp"

#include "cli/json_path.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::cli {
namespace {

std::int64_t number_of(const Json& revision) {
    return integer_at(revision, "/revision");
}

bool is_controlled_by(const Json& object, const std::string& uid) {
    return std::ranges::any_of(
        list_at(object, "/metadata/ownerReferences"), [&](const Json& owner) {
            return string_at(owner, "/uid") == uid && at_path(owner, "/controller") == true;
        });
}

std::string change_cause(const Json& revision) {
    const Json& annotations = at_path(revision, "/metadata/annotations");
    if (!annotations.is_object()) return "<none>";
    return annotations.value("kubernetes.io/change-cause", "<none>");
}

}  // namespace

std::vector<Json> revisions_of(const Json& daemon_set, const Json& all) {
    const std::string uid = string_at(daemon_set, "/metadata/uid");
    std::vector<Json> own;
    std::ranges::copy_if(
        all, std::back_inserter(own), [&](const Json& r) { return is_controlled_by(r, uid); });
    std::ranges::sort(own, {}, number_of);
    return own;
}

std::string format_history(const std::vector<Json>& revisions) {
    std::string text = fmt::format("{:<12}{}\n", "REVISION", "CHANGE-CAUSE");
    for (const Json& revision : revisions)
        text += fmt::format("{:<12}{}\n", number_of(revision), change_cause(revision));
    return text;
}

Result<Json> revision_to_return_to(const std::vector<Json>& revisions, std::int64_t number) {
    if (number == 0 && revisions.size() < 2)
        return Error{
            .reason = Reason::NotFound, .message = "there is no earlier revision to return to"};
    if (number == 0) return revisions[revisions.size() - 2];
    const auto found = std::ranges::find(revisions, number, number_of);
    if (found == revisions.end())
        return Error{
            .reason = Reason::NotFound,
            .message =
                fmt::format("there is no revision {}; \"rollout history\" shows them", number)};
    return *found;
}

}  // namespace picket::cli
