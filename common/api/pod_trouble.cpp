#include "common/api/pod_trouble.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket {
namespace {

PodTrouble trouble_of_waiting(std::string_view reason) {
    constexpr std::array<std::string_view, 6> kImage = {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable"};
    constexpr std::array<std::string_view, 3> kOnTheWay = {
        "", "ContainerCreating", "PodInitializing"};
    if (std::ranges::find(kImage, reason) != kImage.end()) return PodTrouble::Image;
    if (std::ranges::find(kOnTheWay, reason) != kOnTheWay.end()) return PodTrouble::None;
    return reason == "CrashLoopBackOff" ? PodTrouble::Crashing : PodTrouble::CannotStart;
}

/// An init container that ended well has done its work.
bool ended_badly(const Json& terminated, bool init) {
    return terminated.is_object() && (!init || json_read::integer(terminated, "exitCode") != 0);
}

/// "exit code 1: <message>"
std::string ending(const Json& terminated) {
    auto text = "exit code " + std::to_string(json_read::integer(terminated, "exitCode"));
    const auto message = json_read::text(terminated, "message");
    return message.empty() ? text : text + ": " + message;
}

TroubledContainer trouble_of(const Json& status, bool init) {
    const auto& state = json_read::member(status, "state");
    const auto& waiting = json_read::member(state, "waiting");
    const auto& terminated = json_read::member(state, "terminated");
    TroubledContainer result{.container = json_read::text(status, "name")};
    if (waiting.is_object()) {
        result.reason = json_read::text(waiting, "reason");
        result.message = json_read::text(waiting, "message");
        result.trouble = trouble_of_waiting(result.reason);
        const auto& last = json_read::member(json_read::member(status, "lastState"), "terminated");
        if (result.trouble == PodTrouble::Crashing && last.is_object()) {
            result.since = json_read::time(last, "finishedAt");
            result.message.append(" (last ended with ").append(ending(last)).append(")");
        }
    } else if (ended_badly(terminated, init)) {
        result.trouble = PodTrouble::Crashing;
        result.reason = json_read::text(terminated, "reason");
        result.message = ending(terminated);
        result.since = json_read::time(terminated, "finishedAt");
    }
    return result;
}

}  // namespace

TroubledContainer find_trouble(const Json& status) {
    for (const auto* list : {"initContainerStatuses", "containerStatuses"}) {
        const bool init = list[0] == 'i';
        for (const auto& container : json_read::member(status, list)) {
            auto found = trouble_of(container, init);
            if (found.trouble != PodTrouble::None) return found;
        }
    }
    return {};
}

}  // namespace picket
