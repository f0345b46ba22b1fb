#include "apiserver/routes/usage_routes.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/routes/node_page.hpp"
#include "apiserver/routes/responses.hpp"
#include "apiserver/routes/selection.hpp"
#include "apiserver/routes/usage_objects.hpp"
#include "common/api/status.hpp"
#include "common/async/task_group.hpp"
#include "common/base/json_text.hpp"
#include "common/base/log.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <map>
#include <set>

namespace picket::apiserver {
namespace {

/// Agents that are asked at the same time.
constexpr std::size_t kAskedAtOnce = 64;
constexpr const char* kSummary = "/stats/summary";

using Summaries = std::map<std::string, Json>;  // by node; those that did not answer are left out

Awaitable<Result<Json>> summary_of(TunnelHub* hub, std::string node) {
    auto page = co_await fetch_node_page(*hub, node, kSummary);
    if (!page) co_return page.error();
    auto summary = Json::parse(page->text, nullptr, false);
    if (summary.is_object()) co_return summary;
    co_return Error{
        Reason::InternalError,
        fmt::format("the agent of node {} did not answer with an object", node)};
}

/// One of several that take names from the same list until it is empty.
Awaitable<> ask_agents(
    TunnelHub* hub, std::vector<std::string>* left, Summaries* summaries, Notification* done) {
    while (!left->empty()) {
        const auto node = std::move(left->back());
        left->pop_back();
        auto summary = co_await summary_of(hub, node);
        if (summary) {
            summaries->emplace(node, std::move(*summary));
        } else {
            logger("apiserver")->debug("no usage node={} why={}", node, summary.error().message);
        }
    }
    done->notify();
}

Awaitable<Summaries> summaries_of(TunnelHub* hub, std::set<std::string> nodes) {
    const auto executor = co_await boost::asio::this_coro::executor;
    std::vector<std::string> left;
    for (const auto& node : nodes) {
        if (hub->is_connected(node)) left.push_back(node);
    }
    Summaries summaries;
    Notification done(executor);
    TaskGroup tasks(executor);
    const auto workers = std::min(left.size(), kAskedAtOnce);
    for (std::size_t i = 0; i < workers; ++i)
        tasks.spawn("usage", ask_agents(hub, &left, &summaries, &done));
    std::exception_ptr cancelled;
    try {
        while (tasks.size() > 0) co_await done.wait();
    } catch (...) {
        cancelled = std::current_exception();
    }
    co_await tasks.stop();
    if (cancelled) std::rethrow_exception(cancelled);
    co_return summaries;
}

Result<std::vector<Json>> selected(const Call& call, const char* plural) {
    const auto options = parse_list_options(call.url, Reading::List);
    if (!options) return options.error();
    const auto* resource = find_resource("v1", plural);
    const auto filter = make_filter(*resource, call.info.namespace_name, *options);
    if (!filter) return filter.error();
    std::vector<Json> objects;
    for (const auto& one : call.services.store.list(plural, *filter, 0, std::nullopt).objects)
        objects.push_back(parse_json(*one->bytes));
    return objects;
}

http::Response list_response(const Call& call, const char* kind, Json items) {
    return json_response(
        200,
        Json{
            {"kind", kind},
            {"apiVersion", call.info.group_version},
            {"metadata", Json::object()},
            {"items", std::move(items)}});
}

Result<Json> stored(const Call& call, const char* plural) {
    const auto found = call.services.store.get({plural, call.info.namespace_name, call.info.name});
    if (!found) return not_found_error(plural, call.info.name);
    return parse_json(*found->bytes);
}

Error not_measured(const Call& call) {
    return not_found_error(call.info.resource + ".metrics.k8s.io", call.info.name);
}

}  // namespace

Awaitable<Result<http::Response>> list_node_metrics(Call call) {
    const auto nodes = selected(call, "nodes");
    if (!nodes) co_return nodes.error();
    std::set<std::string> names;
    for (const auto& node : *nodes) names.insert(registry::text_at(node, {"metadata", "name"}));
    const auto summaries = co_await summaries_of(&call.services.tunnels, std::move(names));
    Json items = Json::array();
    for (const auto& node : *nodes) {
        const auto summary = summaries.find(registry::text_at(node, {"metadata", "name"}));
        if (summary == summaries.end()) continue;
        if (auto metrics = node_metrics(node, summary->second)) items.push_back(*metrics);
    }
    co_return list_response(call, "NodeMetricsList", std::move(items));
}

Awaitable<Result<http::Response>> list_pod_metrics(Call call) {
    const auto pods = selected(call, "pods");
    if (!pods) co_return pods.error();
    std::set<std::string> names;
    for (const auto& pod : *pods) names.insert(registry::text_at(pod, {"spec", "nodeName"}));
    const auto summaries = co_await summaries_of(&call.services.tunnels, std::move(names));
    Json items = Json::array();
    for (const auto& pod : *pods) {
        const auto summary = summaries.find(registry::text_at(pod, {"spec", "nodeName"}));
        if (summary == summaries.end()) continue;
        if (auto metrics = pod_metrics(pod, summary->second)) items.push_back(*metrics);
    }
    co_return list_response(call, "PodMetricsList", std::move(items));
}

Awaitable<Result<http::Response>> get_node_metrics(Call call) {
    const auto node = stored(call, "nodes");
    if (!node) co_return node.error();
    auto summary = co_await summary_of(&call.services.tunnels, call.info.name);
    if (!summary) co_return summary.error();
    const auto metrics = node_metrics(*node, *summary);
    if (!metrics) co_return not_measured(call);
    co_return json_response(200, *metrics);
}

Awaitable<Result<http::Response>> get_pod_metrics(Call call) {
    const auto pod = stored(call, "pods");
    if (!pod) co_return pod.error();
    auto summary =
        co_await summary_of(&call.services.tunnels, registry::text_at(*pod, {"spec", "nodeName"}));
    if (!summary) co_return summary.error();
    const auto metrics = pod_metrics(*pod, *summary);
    if (!metrics) co_return not_measured(call);
    co_return json_response(200, *metrics);
}

}  // namespace picket::apiserver
