#include "cli/commands/commands.hpp"
#include "cli/json_path.hpp"
#include "cli/session.hpp"
#include "common/api/quantity.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace picket::cli {
namespace {

constexpr const char* kMetrics = "metrics.k8s.io/v1beta1";

struct TopOptions {
    ConnectionOptions connection;
    std::string name;
    std::string selector;
    std::string sort_by;
    bool containers = false;
    bool all_namespaces = false;
    bool no_headings = false;
};

struct Usage {
    std::int64_t millicores = 0;
    std::int64_t mebibytes = 0;
};

Usage usage_of(const Json& usage) {
    const auto cpu = Quantity::from_json(at_path(usage, "/cpu"));
    const auto memory = Quantity::from_json(at_path(usage, "/memory"));
    constexpr std::int64_t kMebi = std::int64_t{1} << 20U;
    return {cpu ? cpu->milli_value() : 0, memory ? memory->value() / kMebi : 0};
}

struct TopRow {
    std::vector<std::string> cells;
    Usage usage;
};

void print_rows(const TopOptions& options, TopRow headings, std::vector<TopRow> rows) {
    if (options.sort_by == "cpu" || options.sort_by == "memory") {
        const auto amount = options.sort_by == "cpu" ? &Usage::millicores : &Usage::mebibytes;
        std::ranges::sort(rows, [&](const TopRow& a, const TopRow& b) {
            if (a.usage.*amount != b.usage.*amount) return a.usage.*amount > b.usage.*amount;
            return a.cells < b.cells;
        });
    }
    if (!options.no_headings) rows.insert(rows.begin(), std::move(headings));
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.cells.size()));
        for (std::size_t i = 0; i < row.cells.size(); ++i)
            widths[i] = std::max(widths[i], row.cells[i].size());
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.cells.size(); ++i)
            line += fmt::format("{:<{}}", row.cells[i], widths[i] + 3);
        line.erase(line.find_last_not_of(' ') + 1);
        fmt::print("{}\n", line);
    }
}

Result<Json> metrics(Session& session, const TopOptions& options, const char* plural) {
    client::Target target{.group_version = kMetrics, .plural = plural, .name = options.name};
    if (plural == std::string_view("pods") && !options.all_namespaces)
        target.namespace_name = session.namespace_name();
    client::Query query;
    if (!options.selector.empty()) query.emplace_back("labelSelector", options.selector);
    auto found = session.get(target, {.query = std::move(query)});
    if (!found || options.name.empty()) return found;
    return Json{{"items", Json::array({std::move(*found)})}};
}

std::string percent(std::int64_t used, std::int64_t of) {
    return of > 0 ? fmt::format("{}%", used * 100 / of) : std::string("<unknown>");
}

Result<int> top_nodes(const TopOptions& options) {
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    auto usages = metrics(**session, options, "nodes");
    if (!usages) return usages.error();
    auto nodes = (*session)->get({.group_version = "v1", .plural = "nodes"});
    if (!nodes) return nodes.error();
    std::vector<TopRow> rows;
    for (const auto& node : list_at(*nodes, "/items")) {
        const auto name = string_at(node, "/metadata/name");
        for (const auto& one : list_at(*usages, "/items")) {
            if (string_at(one, "/metadata/name") != name) continue;
            const auto usage = usage_of(at_path(one, "/usage"));
            const auto room = usage_of(at_path(node, "/status/allocatable"));
            rows.push_back(
                {{name,
                  fmt::format("{}m", usage.millicores),
                  percent(usage.millicores, room.millicores),
                  fmt::format("{}Mi", usage.mebibytes),
                  percent(usage.mebibytes, room.mebibytes)},
                 usage});
        }
    }
    print_rows(options, {{"NAME", "CPU", "CPU%", "MEMORY", "MEMORY%"}, {}}, std::move(rows));
    return kDone;
}

void add_pod_rows(const TopOptions& options, const Json& pod, std::vector<TopRow>& rows) {
    std::vector<std::string> names;
    if (options.all_namespaces) names.push_back(string_at(pod, "/metadata/namespace"));
    names.push_back(string_at(pod, "/metadata/name"));
    Usage sum;
    for (const auto& container : list_at(pod, "/containers")) {
        const auto usage = usage_of(at_path(container, "/usage"));
        sum.millicores += usage.millicores;
        sum.mebibytes += usage.mebibytes;
        if (!options.containers) continue;
        auto cells = names;
        cells.push_back(string_at(container, "/name"));
        cells.push_back(fmt::format("{}m", usage.millicores));
        cells.push_back(fmt::format("{}Mi", usage.mebibytes));
        rows.push_back({std::move(cells), usage});
    }
    if (options.containers) return;
    names.push_back(fmt::format("{}m", sum.millicores));
    names.push_back(fmt::format("{}Mi", sum.mebibytes));
    rows.push_back({std::move(names), sum});
}

Result<int> top_pods(const TopOptions& options) {
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    auto usages = metrics(**session, options, "pods");
    if (!usages) return usages.error();
    std::vector<TopRow> rows;
    for (const auto& pod : list_at(*usages, "/items")) add_pod_rows(options, pod, rows);
    std::vector<std::string> headings = {"NAME", "CPU", "MEMORY"};
    if (options.containers) headings.insert(headings.begin() + 1, "CONTAINER");
    if (options.all_namespaces) headings.insert(headings.begin(), "NAMESPACE");
    print_rows(options, {std::move(headings), {}}, std::move(rows));
    return kDone;
}

void add_top_options(CLI::App& app, TopOptions& options) {
    app.add_option("name", options.name, "one alone");
    app.add_option("-l,--selector", options.selector, "by label")->type_name("SELECTOR");
    app.add_option("--sort-by", options.sort_by, "cpu or memory")
        ->check(CLI::IsMember({"cpu", "memory"}));
    app.add_flag("--no-headers", options.no_headings, "rows only");
    add_connection_options(app, options.connection);
}

}  // namespace

Action define_top(CLI::App& app) {
    const auto options = std::make_shared<TopOptions>();
    auto* nodes = app.add_subcommand("nodes", "CPU and memory of hosts");
    nodes->alias("node");
    auto* pods = app.add_subcommand("pods", "CPU and memory of pods");
    pods->alias("pod");
    add_top_options(*nodes, *options);
    add_top_options(*pods, *options);
    pods->add_flag("--containers", options->containers, "each container");
    pods->add_flag("-A,--all-namespaces", options->all_namespaces, "of every namespace");
    app.require_subcommand(1);
    return [options, nodes] { return nodes->parsed() ? top_nodes(*options) : top_pods(*options); };
}

}  // namespace picket::cli
