#include "cli/commands/commands.hpp"
#include "cli/duration.hpp"
#include "cli/json_path.hpp"
#include "cli/log_sources.hpp"
#include "cli/pod_argument.hpp"
#include "cli/session.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace picket::cli {
namespace {

struct LogsOptions {
    ConnectionOptions connection;
    std::string what;
    std::string selector;
    std::string container_argument;
    std::string container;
    bool follow = false;
    bool previous = false;
    bool timestamps = false;
    long tail = -1;
    bool tail_is_default = true;
    std::chrono::milliseconds since{0};
    std::string since_time;
    long limit_bytes = 0;
    bool all_containers = false;
    bool prefix = false;
    std::size_t most_followed = 5;
};

/// Of several pods the end is what matters, unless more is asked for.
constexpr long kTailOfMany = 10;

client::Query log_query(const LogsOptions& options) {
    client::Query query;
    if (options.follow) query.emplace_back("follow", "true");
    if (options.previous) query.emplace_back("previous", "true");
    if (options.timestamps) query.emplace_back("timestamps", "true");
    if (options.tail >= 0) query.emplace_back("tailLines", std::to_string(options.tail));
    if (options.since.count() > 0)
        query.emplace_back(
            "sinceSeconds",
            std::to_string(std::chrono::ceil<std::chrono::seconds>(options.since).count()));
    if (!options.since_time.empty()) query.emplace_back("sinceTime", options.since_time);
    if (options.limit_bytes > 0)
        query.emplace_back("limitBytes", std::to_string(options.limit_bytes));
    return query;
}

Result<int> copy_to_stdout(Session& session, http::StreamingResponse& stream) {
    while (true) {
        auto bytes = session.next_bytes(stream);
        if (!bytes) return bytes.error();
        if (bytes->empty()) return kDone;
        std::fwrite(bytes->data(), 1, bytes->size(), stdout);
        std::fflush(stdout);
    }
}

/// The pods that are meant, as a list.
Result<Json> pods_of(Session& session, const LogsOptions& options) {
    if (options.selector.empty()) {
        auto pod = find_pod(session, options.what);
        if (!pod) return pod.error();
        return Json::array({std::move(*pod)});
    }
    auto pods = session.get(
        {.group_version = "v1", .plural = "pods", .namespace_name = session.namespace_name()},
        {.query = {{"labelSelector", options.selector}}});
    if (!pods) return pods.error();
    return Json(list_at(*pods, "/items"));
}

/// One log is passed on byte by byte.
Result<int> print_one_log(Session& session, const LogSource& source, client::Query query) {
    query.emplace_back("container", source.container);
    auto stream = session.stream(
        source.target, {.query = std::move(query), .accept = "application/json, */*"});
    if (!stream) return stream.error();
    return copy_to_stdout(session, **stream);
}

Result<int> logs(LogsOptions options) {
    if (options.what.empty() == options.selector.empty())
        throw UsageError("name a pod, ds/NAME, or a selector with -l");
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    auto pods = pods_of(**session, options);
    if (!pods) return pods.error();
    const auto& named = options.container.empty() ? options.container_argument : options.container;
    const auto sources = log_sources(*pods, named, options.all_containers);
    if (!options.selector.empty() && options.tail_is_default) options.tail = kTailOfMany;
    const auto query = log_query(options);
    if (sources.size() == 1 && !options.prefix)
        return print_one_log(**session, sources.front(), query);
    if (options.follow && sources.size() > options.most_followed)
        throw UsageError(fmt::format(
            "{} logs would be followed at once; --max-log-requests allows {}",
            sources.size(),
            options.most_followed));
    return print_logs(**session, sources, query, options.follow, options.prefix);
}

}  // namespace

Action define_logs(CLI::App& app) {
    const auto options = std::make_shared<LogsOptions>();
    app.add_option("what", options->what, "POD or ds/NAME");
    app.add_option("-l,--selector", options->selector, "of all pods with these labels")
        ->type_name("SELECTOR");
    app.add_flag("--all-containers", options->all_containers, "of every container");
    app.add_flag("--prefix", options->prefix, "pod and container before each line");
    app.add_option("--max-log-requests", options->most_followed, "logs followed at once; 5")
        ->type_name("N");
    app.add_option("in", options->container_argument, "container; the first by default");
    app.add_option("-c,--container", options->container, "container; the first by default")
        ->type_name("NAME");
    app.add_flag("-f,--follow", options->follow, "go on with what is written from now on");
    app.add_flag("-p,--previous", options->previous, "of the container before the last restart");
    app.add_flag("--timestamps", options->timestamps, "a time before each line");
    auto* tail = app.add_option("--tail", options->tail, "last lines only; -1: all; with -l: 10")
                     ->type_name("LINES");
    add_duration_option(app, "--since", options->since, "what is not older than this");
    app.add_option("--since-time", options->since_time, "what is not older than this (RFC 3339)")
        ->type_name("TIME");
    app.add_option("--limit-bytes", options->limit_bytes, "end after this many bytes")
        ->type_name("BYTES");
    add_connection_options(app, options->connection);
    return [options, tail] {
        options->tail_is_default = tail->count() == 0;
        return logs(*options);
    };
}

}  // namespace picket::cli
