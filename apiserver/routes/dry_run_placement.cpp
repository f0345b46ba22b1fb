#include "apiserver/routes/dry_run_placement.hpp"

#include "apiserver/routes/plan_warnings.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace picket::apiserver {
namespace {

using daemonset::HostAction;
using daemonset::HostPreview;

std::string word_of(HostAction action) {
    if (action == HostAction::SetAside) return "set aside";
    return boost::algorithm::to_lower_copy(std::string(daemonset::host_action_name(action)));
}

/// "gains 1, restarts 2 in 2 waves, untouched 3"
std::string summary_of(const std::vector<HostPreview>& previews) {
    std::map<HostAction, std::size_t> counts;
    std::int64_t waves = 0;
    for (const auto& preview : previews) {
        ++counts[preview.action];
        waves = std::max(waves, preview.wave);
    }
    std::vector<std::string> parts;
    for (const auto& [action, count] : counts) {
        auto part = fmt::format("{} {}", word_of(action), count);
        if (action == HostAction::Restarts && waves > 0)
            part += fmt::format(" in {} {}", waves, waves == 1 ? "wave" : "waves");
        parts.push_back(std::move(part));
    }
    return parts.empty() ? "there are no nodes" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::vector<std::string> placement_of_dry_run(
    const Services& services, const Resource& resource, const std::string& object) {
    if (resource.qualified_name() != "daemonsets.apps") return {};
    const auto set = Json::parse(object);
    const auto survey = survey_daemonset(services.store, set);
    const auto previews = daemonset::preview_daemonset(
        {survey.set, survey.revision, survey.situations, services.clock.now()});
    std::vector<std::string> texts{"hosts: " + summary_of(previews)};
    for (auto& warning : warnings_of_plan(services.store, set, survey, previews))
        texts.push_back(std::move(warning));
    return texts;
}

}  // namespace picket::apiserver
