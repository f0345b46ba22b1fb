#include "nodeagent/streams/agent_pages.hpp"

#include "common/base/process_facts.hpp"
#include "nodeagent/blackbox/black_box.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::nodeagent {
namespace {

constexpr const char* kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";

std::string metric(
    std::string_view name, std::string_view type, std::string_view help, double value) {
    return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n{0} {3}\n", name, type, help, value);
}

/// Of one page; a daemon's own page holds all of its.
constexpr std::size_t kMostExits = 200;

std::string exits_page(const BlackBox& box, const std::string& daemon) {
    Json items = Json::array();
    for (const auto& record : box.records(daemon)) {
        if (daemon.empty() && items.size() == kMostExits) break;
        items.push_back(exit_to_json(record));
    }
    return Json{{"items", std::move(items)}}.dump();
}

}  // namespace

std::string AgentPages::own_metrics(std::size_t open_streams) const {
    const auto facts = read_process_facts();
    std::size_t running = 0;
    const auto pods = pods_.pods();
    for (const auto* pod : pods) {
        const auto* worker = pods_.find(pod->uid);
        if (worker != nullptr) running += worker->running_containers().size();
    }
    return fmt::format(
               "# HELP picket_build_info The version of picket.\n"
               "# TYPE picket_build_info gauge\n"
               "picket_build_info{{version=\"{}\"}} 1\n",
               PICKET_VERSION) +
           metric(
               "picket_agent_pods",
               "gauge",
               "Pods that the agent takes care of.",
               static_cast<double>(pods.size())) +
           metric(
               "picket_agent_running_containers",
               "gauge",
               "Containers of those pods that run.",
               static_cast<double>(running)) +
           metric(
               "picket_agent_open_streams",
               "gauge",
               "Logs, commands and connections that the server has asked for.",
               static_cast<double>(open_streams)) +
           metric(
               "process_cpu_seconds_total",
               "counter",
               "User and system CPU time spent in seconds.",
               facts.cpu_seconds) +
           metric(
               "process_resident_memory_bytes",
               "gauge",
               "Resident memory size in bytes.",
               static_cast<double>(facts.resident_bytes)) +
           metric(
               "process_open_fds",
               "gauge",
               "Number of open file descriptors.",
               static_cast<double>(facts.open_files));
}

Awaitable<Result<Page>> AgentPages::get(std::string path, std::size_t open_streams) {
    if (path == "/healthz") co_return Page{"text/plain", "ok"};
    if (path == "/metrics") co_return Page{kPrometheusText, own_metrics(open_streams)};
    if (path == "/metrics/resource" || path == "/metrics/cadvisor") {
        const auto sample = co_await usage_.sample();
        co_return Page{
            kPrometheusText,
            path == "/metrics/resource" ? resource_metrics(sample) : container_metrics(sample)};
    }
    if (path == "/stats/summary") {
        const auto report = co_await usage_.report();
        co_return Page{
            "application/json", usage_summary(node_name_, report.sample, report.rates).dump()};
    }
    constexpr std::string_view kExits = "/exits";
    if (pods_.black_box() != nullptr && (path == kExits || path.starts_with("/exits/"))) {
        const auto daemon = path.substr(std::min(path.size(), kExits.size() + 1));
        co_return Page{"application/json", exits_page(*pods_.black_box(), daemon)};
    }
    co_return Error{
        Reason::NotFound, fmt::format("the agent of node {} has no page {}", node_name_, path)};
}

}  // namespace picket::nodeagent
