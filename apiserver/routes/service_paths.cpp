#include "apiserver/routes/service_paths.hpp"

#include "apiserver/routes/daemonset_metrics.hpp"
#include "apiserver/routes/metrics.hpp"
#include "apiserver/routes/responses.hpp"
#include "apiserver/routes/tunnel_hub.hpp"
#include "common/base/process_facts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

// kubectl picks a client by the minor version, and Prometheus refuses to work below 1.21.
constexpr std::string_view kGitVersion = "v1.32.4+picket." PICKET_VERSION;

Json version_document() {
    return {
        {"major", "1"},
        {"minor", "32"},
        {"gitVersion", kGitVersion},
        {"gitCommit", ""},
        {"gitTreeState", ""},
        {"buildDate", ""},
        {"goVersion", ""},
        {"compiler", "clang"},
        {"platform", "linux/" + machine_architecture()}};
}

std::string gauge(std::string_view name, std::string_view help, double value) {
    return format_family(name, "gauge", help) + fmt::format("{} {}\n", name, value);
}

std::string store_metrics(const storage::Store& store) {
    auto text = gauge(
        "picket_store_revision", "Newest resourceVersion.", static_cast<double>(store.revision()));
    text += format_family("picket_store_objects", "gauge", "Live objects, by resource.");
    for (const auto& resource : all_resources()) {
        const auto name = resource.qualified_name();
        text +=
            fmt::format("picket_store_objects{{resource=\"{}\"}} {}\n", name, store.count(name));
    }
    return text;
}

std::string process_metrics() {
    const auto facts = read_process_facts();
    constexpr std::string_view kCpu = "process_cpu_seconds_total";
    return format_family(kCpu, "counter", "User and system CPU time spent in seconds.") +
           fmt::format("{} {}\n", kCpu, facts.cpu_seconds) +
           gauge(
               "process_resident_memory_bytes",
               "Resident memory size in bytes.",
               static_cast<double>(facts.resident_bytes)) +
           gauge(
               "process_open_fds",
               "Number of open file descriptors.",
               static_cast<double>(facts.open_files));
}

}  // namespace

Awaitable<Result<http::Response>> get_health(Call) {
    co_return text_response(200, "ok");
}

Awaitable<Result<http::Response>> get_version(Call) {
    co_return json_response(200, version_document());
}

Awaitable<Result<http::Response>> get_metrics(Call call) {
    auto text = call.services.metrics.format();
    text += store_metrics(call.services.store);
    text += daemonset_metrics(call.services.store);
    if (call.services.further_metrics) text += call.services.further_metrics();
    text += gauge(
        "picket_apiserver_connected_agents",
        "Agents whose tunnel is open.",
        static_cast<double>(call.services.tunnels.connected()));
    text += process_metrics();
    auto response = text_response(200, std::move(text));
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    co_return response;
}

}  // namespace picket::apiserver
