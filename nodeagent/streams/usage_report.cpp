#include "nodeagent/streams/usage_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace picket::nodeagent {
namespace {

constexpr double kNanosecond = 1e-9;

const ContainerSample* find_sample(const UsageSample& sample, const std::string& id) {
    const auto found = std::ranges::find(sample.containers, id, &ContainerSample::id);
    return found == sample.containers.end() ? nullptr : &*found;
}

std::int64_t per_second(std::int64_t used, std::chrono::milliseconds window) {
    return window.count() <= 0 ? 0 : std::max<std::int64_t>(0, used * 1000 / window.count());
}

/// A container that is new has used all it has used since the sample before.
std::int64_t used_between(
    const ContainerSample* before, const UsageSample& earlier, const ContainerSample& now) {
    if (before != nullptr) return now.usage.cpu_nanoseconds - before->usage.cpu_nanoseconds;
    return now.started && *now.started >= earlier.at ? now.usage.cpu_nanoseconds : -1;
}

Json memory_of(std::int64_t usage, std::int64_t working_set, const std::string& time) {
    return {{"time", time}, {"usageBytes", usage}, {"workingSetBytes", working_set}};
}

Json cpu_of(std::optional<std::int64_t> nanocores, std::int64_t total, const std::string& time) {
    Json cpu = {{"time", time}, {"usageCoreNanoSeconds", total}};
    if (nanocores) cpu["usageNanoCores"] = *nanocores;
    return cpu;
}

Json container_summary(
    const ContainerSample& one, std::optional<std::int64_t> nanocores, const std::string& time) {
    return {
        {"name", one.container},
        {"startTime", one.started ? Json(format_time(*one.started)) : Json()},
        {"cpu", cpu_of(nanocores, one.usage.cpu_nanoseconds, time)},
        {"memory", memory_of(one.usage.memory_bytes, one.usage.working_set_bytes, time)}};
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string family(std::string_view name, std::string_view type, std::string_view help) {
    return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

using Labels = std::function<std::string(const ContainerSample&)>;
using Value = std::function<std::optional<double>(const ContainerSample&)>;

std::string series(
    std::string_view name,
    std::string_view type,
    std::string_view help,
    const UsageSample& sample,
    const Labels& labels,
    const Value& value) {
    auto text = family(name, type, help);
    for (const auto& one : sample.containers) {
        if (const auto number = value(one))
            text += fmt::format("{}{{{}}} {}\n", name, labels(one), *number);
    }
    return text;
}

std::string resource_labels(const ContainerSample& one) {
    return fmt::format(
        "container=\"{}\",namespace=\"{}\",pod=\"{}\"",
        escaped(one.container),
        escaped(one.namespace_name),
        escaped(one.pod));
}

std::string cadvisor_labels(const ContainerSample& one) {
    return fmt::format(
        "{},id=\"/docker/{}\",image=\"{}\",name=\"{}\"",
        resource_labels(one),
        escaped(one.id),
        escaped(one.image),
        escaped(one.name));
}

std::optional<double> cpu_seconds(const ContainerSample& one) {
    return static_cast<double>(one.usage.cpu_nanoseconds) * kNanosecond;
}

std::optional<double> started_at(const ContainerSample& one) {
    if (!one.started) return std::nullopt;
    return std::chrono::duration<double>(one.started->time_since_epoch()).count();
}

Value member(std::int64_t ContainerUsage::*number) {
    return [number](const ContainerSample& one) {
        return std::optional(static_cast<double>(one.usage.*number));
    };
}

std::string one_value(
    std::string_view name, std::string_view type, std::string_view help, double value) {
    return family(name, type, help) + fmt::format("{} {}\n", name, value);
}

}  // namespace

UsageRates usage_rates(const UsageSample& before, const UsageSample& now) {
    UsageRates rates;
    rates.window = std::chrono::duration_cast<std::chrono::milliseconds>(now.at - before.at);
    rates.node_nanocores =
        per_second(now.node.cpu_nanoseconds - before.node.cpu_nanoseconds, rates.window);
    for (const auto& one : now.containers) {
        const auto used = used_between(find_sample(before, one.id), before, one);
        rates.nanocores.push_back(
            used < 0 ? std::nullopt : std::optional(per_second(used, rates.window)));
    }
    return rates;
}

Json usage_summary(const std::string& node, const UsageSample& sample, const UsageRates& rates) {
    const auto time = format_time(sample.at);
    std::map<std::string, Json> pods;  // by uid
    for (std::size_t i = 0; i < sample.containers.size(); ++i) {
        const auto& one = sample.containers[i];
        auto& pod = pods[one.pod_uid];
        pod["podRef"] = {
            {"name", one.pod}, {"namespace", one.namespace_name}, {"uid", one.pod_uid}};
        const auto nanocores = i < rates.nanocores.size() ? rates.nanocores[i] : std::nullopt;
        pod["containers"].push_back(container_summary(one, nanocores, time));
    }
    Json list = Json::array();
    for (auto& [uid, pod] : pods) list.push_back(std::move(pod));
    const auto& host = sample.node;
    return {
        {"node",
         {{"nodeName", node},
          {"cpu", cpu_of(rates.node_nanocores, host.cpu_nanoseconds, time)},
          {"memory", memory_of(host.memory_bytes, host.memory_bytes, time)}}},
        {"pods", std::move(list)},
        {"windowMilliseconds", rates.window.count()}};
}

std::string resource_metrics(const UsageSample& sample) {
    const auto& host = sample.node;
    return one_value(
               "node_cpu_usage_seconds_total",
               "counter",
               "CPU time that the host has used.",
               static_cast<double>(host.cpu_nanoseconds) * kNanosecond) +
           one_value(
               "node_memory_working_set_bytes",
               "gauge",
               "Memory of the host in use.",
               static_cast<double>(host.memory_bytes)) +
           series(
               "container_cpu_usage_seconds_total",
               "counter",
               "CPU time that the container has used.",
               sample,
               resource_labels,
               cpu_seconds) +
           series(
               "container_memory_working_set_bytes",
               "gauge",
               "Memory of the container without what could be dropped at once.",
               sample,
               resource_labels,
               member(&ContainerUsage::working_set_bytes)) +
           series(
               "container_start_time_seconds",
               "gauge",
               "When the container started, in seconds since 1970.",
               sample,
               resource_labels,
               started_at) +
           one_value(
               "resource_scrape_error",
               "gauge",
               "1 if a container could not be measured, else 0.",
               sample.failed > 0 ? 1 : 0);
}

std::string container_metrics(const UsageSample& sample) {
    struct Row {
        const char* name;
        const char* type;
        const char* help;
        Value value;
    };
    const Row rows[] = {
        {"container_cpu_usage_seconds_total", "counter", "CPU time used.", cpu_seconds},
        {"container_memory_usage_bytes",
         "gauge",
         "Memory used, page cache included.",
         member(&ContainerUsage::memory_bytes)},
        {"container_memory_working_set_bytes",
         "gauge",
         "Memory used without what could be dropped at once.",
         member(&ContainerUsage::working_set_bytes)},
        {"container_memory_rss", "gauge", "Anonymous memory.", member(&ContainerUsage::rss_bytes)},
        {"container_memory_cache", "gauge", "Page cache.", member(&ContainerUsage::cache_bytes)},
        {"container_spec_memory_limit_bytes",
         "gauge",
         "The most memory that it may use.",
         member(&ContainerUsage::memory_limit_bytes)},
        {"container_processes", "gauge", "Processes and threads.", member(&ContainerUsage::pids)},
        {"container_network_receive_bytes_total",
         "counter",
         "Bytes received by its own network.",
         member(&ContainerUsage::received_bytes)},
        {"container_network_transmit_bytes_total",
         "counter",
         "Bytes sent by its own network.",
         member(&ContainerUsage::sent_bytes)},
        {"container_start_time_seconds",
         "gauge",
         "When it started, in seconds since 1970.",
         started_at}};
    std::string text;
    for (const auto& row : rows)
        text += series(row.name, row.type, row.help, sample, cadvisor_labels, row.value);
    return text;
}

}  // namespace picket::nodeagent
