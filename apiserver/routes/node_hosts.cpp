#include "apiserver/routes/node_hosts.hpp"

#include "apiserver/registry/document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

constexpr std::chrono::seconds kUsualPatience{40};
constexpr std::size_t kSpareSpeakers = 1'000;

storage::ObjectKey node_key(std::string_view node) {
    return {"nodes", "", std::string(node)};
}

}  // namespace

Result<void> may_speak(
    std::string_view node,
    std::string_view host,
    const NodeSpeaker& present,
    std::chrono::seconds patience,
    TimePoint now) {
    if (host == present.host || now >= present.heard + patience) return Ok();
    return Error{
        .reason = Reason::ServiceUnavailable,
        .message = fmt::format(
            "another host speaks for node {} and is alive: either this host has just rebooted, "
            "then it is let in within {} seconds, or the agent's data dir was copied from another "
            "machine: then stop the agent here, empty its data dir and give it another --node-name",
            node,
            patience.count()),
        .retry_after_seconds = 1};
}

Result<void> NodeHosts::may_admit(
    std::string_view node, std::string_view host, TimePoint now) const {
    const auto known = speakers_.find(node);
    if (known != speakers_.end() && known->second.host == host) return Ok();
    const auto present =
        known != speakers_.end() ? std::optional(known->second) : recorded_speaker(node, host);
    if (!present || !store_.get(node_key(node))) return Ok();
    return may_speak(node, host, *present, patience_with(node), now);
}

Result<void> NodeHosts::admit(std::string_view node, std::string_view host, TimePoint now) {
    auto allowed = may_admit(node, host, now);
    if (!allowed) return allowed;
    auto known = speakers_.find(node);
    if (known == speakers_.end()) {
        if (speakers_.size() > store_.count("nodes") + kSpareSpeakers) forget_departed();
        known = speakers_.emplace(std::string(node), NodeSpeaker{}).first;
    }
    if (known->second.host != host) known->second.host = std::string(host);
    known->second.heard = now;
    return Ok();
}

std::optional<TimePoint> NodeHosts::last_heard(std::string_view node) const {
    const auto found = speakers_.find(node);
    if (found == speakers_.end()) return std::nullopt;
    return found->second.heard;
}

/// After a restart of the server: the host whose boot the Node names, until it had time to be
/// heard.
std::optional<NodeSpeaker> NodeHosts::recorded_speaker(
    std::string_view node, std::string_view host) const {
    const auto stored = store_.get(node_key(node));
    if (!stored) return std::nullopt;
    auto boot = registry::text_at(Json::parse(*stored->bytes), {"status", "nodeInfo", "bootID"});
    if (boot.empty() || host.substr(0, host.find('/')) == boot) return std::nullopt;
    return NodeSpeaker{std::move(boot), started_};
}

/// As long as its Lease would last.
std::chrono::seconds NodeHosts::patience_with(std::string_view node) const {
    const auto lease =
        store_.get({"leases.coordination.k8s.io", "kube-node-lease", std::string(node)});
    if (!lease) return kUsualPatience;
    const auto document = Json::parse(*lease->bytes);
    const auto& seconds = registry::at(document, {"spec", "leaseDurationSeconds"});
    return seconds.is_number_integer() ? std::chrono::seconds(seconds.get<std::int64_t>())
                                       : kUsualPatience;
}

void NodeHosts::forget_departed() {
    std::erase_if(
        speakers_, [this](const auto& entry) { return !store_.get(node_key(entry.first)); });
}

}  // namespace picket::apiserver
