#include "apiserver/routes/node_credential.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/responses.hpp"
#include "apiserver/routes/token_issuer.hpp"
#include "common/api/names.hpp"
#include "common/api/node.hpp"
#include "common/api/status.hpp"
#include "common/base/encoding.hpp"
#include "common/base/json_text.hpp"
#include "common/base/log.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace picket::apiserver {
namespace {

// A new agent needs a moment until its first heartbeat; until then the name is taken.
constexpr std::chrono::seconds kFirstHeartbeat{30};
constexpr std::int64_t kDefaultLeaseSeconds = 40;
// An agent that restarts, or a host that reboots, must find its name still its own: one that was
// refused keeps asking, and would otherwise slip in.
constexpr std::chrono::seconds kReturnTime{120};
constexpr std::string_view kLeases = "leases.coordination.k8s.io";

struct CredentialRequest {
    std::string node;
    std::string agent_id;
};

Result<CredentialRequest> parse_credential_request(const Call& call) {
    const auto body = object_body_of_call(call);
    if (!body) return body.error();
    CredentialRequest request{
        registry::text_at(*body, {"nodeName"}), registry::text_at(*body, {"agentId"})};
    if (request.node.empty() || request.agent_id.empty()) {
        return bad_request("nodeName and agentId are required");
    }
    const auto problems = check_dns_subdomain(request.node);
    if (problems.empty()) return request;
    return bad_request(fmt::format("invalid nodeName \"{}\": {}", request.node, problems.front()));
}

/// A server that has just started has not heard of anybody yet, so silence counts from then.
/// The host's clock may be wrong, so what the server has heard itself counts where it has.
std::optional<TimePoint> lease_end(const Services& services, const std::string& node) {
    const auto found = services.store.get({std::string(kLeases), "kube-node-lease", node});
    if (!found) return std::nullopt;
    const auto lease = parse_json(*found->bytes);
    auto renewed = services.hosts.last_heard(node);
    if (!renewed) renewed = parse_time(registry::text_at(lease, {"spec", "renewTime"}));
    if (!renewed) return std::nullopt;
    const auto& seconds = registry::at(lease, {"spec", "leaseDurationSeconds"});
    return std::max(*renewed, services.started) +
           std::chrono::seconds(
               seconds.is_number_integer() ? seconds.get<std::int64_t>() : kDefaultLeaseSeconds);
}

MayReplace name_rule(const Call& call, CredentialRequest request) {
    const auto& services = call.services;
    auto host = std::string(call.request.headers.find(kHostHeader).value_or(""));
    return [&services, request = std::move(request), host = std::move(host), now = call.now](
               const TokenRecord& present) -> Result<void> {
        // A copy of a host has its agent id, too.
        if (present.agent_id == request.agent_id && !host.empty())
            return services.hosts.may_admit(request.node, host, now);
        const NameHolder holder{
            present.agent_id,
            present.created,
            services.store.get({"nodes", "", request.node}) != nullptr,
            lease_end(services, request.node)};
        return may_take_name(request.node, request.agent_id, holder, now);
    };
}

}  // namespace

Result<void> may_take_name(
    const std::string& node, const std::string& agent_id, const NameHolder& holder, TimePoint now) {
    if (holder.agent_id == agent_id) return Ok();
    const bool starting = now < holder.issued + kFirstHeartbeat && !holder.lease_end;
    const bool alive =
        holder.node_exists && holder.lease_end && now < *holder.lease_end + kReturnTime;
    if (!starting && !alive) return Ok();
    Error error = conflict_error(
        "nodes",
        node,
        fmt::format(
            "the name is in use by another agent that is alive or was so a moment ago (agent id "
            "{}); "
            "give this host another --node-name, or, if it takes the other's place, stop that "
            "agent "
            "and delete node {}",
            holder.agent_id,
            node));
    return error;
}

Awaitable<Result<http::Response>> create_node_credential(Call call) {
    const auto request = parse_credential_request(call);
    if (!request) co_return request.error();
    const auto token = make_bearer_token("node-" + request->node);
    TokenRecord record;
    record.secret_hash = sha256_hex(token.secret);
    record.user = {std::string(kNodeUserPrefix) + request->node, {std::string(kNodesGroup)}};
    record.agent_id = request->agent_id;
    record.description = "credential of the agent of node " + request->node;
    record.created = call.now;
    auto rule = name_rule(call, *request);
    const auto stored =
        co_await store_token(call.services.store, token.id, std::move(record), std::move(rule));
    if (!stored) co_return stored.error();
    logger("apiserver")
        ->info("node credential issued node={} agent={}", request->node, request->agent_id);
    co_return json_response(201, Json{{"token", token.text()}});
}

}  // namespace picket::apiserver
