#include "cli/log_sources.hpp"

#include "cli/json_path.hpp"
#include "cli/pod_argument.hpp"
#include "common/api/status.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace picket::cli {
namespace {

/// A followed container may be silent for long.
constexpr std::chrono::hours kQuietLine{24};

std::string log_path(const LogSource& source, const client::Query& query) {
    auto path = source.target.path() + "?container=" + http::url_encode(source.container);
    for (const auto& [name, value] : query) path += "&" + name + "=" + http::url_encode(value);
    return path;
}

/// The error that an answer is.
Awaitable<Error> refusal_in(http::StreamingResponse* response) {
    std::string body;
    while (true) {
        auto piece = co_await response->read_some(kQuietLine);
        if (!piece || piece->empty()) co_return error_from_response(response->status(), body);
        body += *piece;
    }
}

Awaitable<Result<void>> print_lines(client::ApiClient* api, std::string path, std::string prefix) {
    http::Request request;
    request.target = std::move(path);
    auto response = co_await api->open(std::move(request));
    if (!response) co_return response.error();
    if ((*response)->status() != 200) co_return co_await refusal_in(response->get());
    while (true) {
        auto line = co_await (*response)->read_line(kQuietLine);
        if (!line) co_return line.error();
        if (!*line) co_return Ok();
        fmt::print("{}{}\n", prefix, **line);
        std::fflush(stdout);
    }
}

/// Sets `code` if the log cannot be read.
Awaitable<> print_one(
    client::ApiClient* api, LogSource source, client::Query query, bool with_prefix, int* code) {
    const auto path = log_path(source, query);
    const auto printed =
        co_await print_lines(api, path, with_prefix ? source.prefix() : std::string());
    if (printed) co_return;
    fmt::print(stderr, "error: {}{}\n", source.prefix(), printed.error().message);
    *code = kFailed;
}

Awaitable<> print_and_tell(Awaitable<> printing, Notification* done) {
    co_await std::move(printing);
    done->notify();
}

Awaitable<Result<int>> print_all(
    client::ApiClient* api,
    std::vector<LogSource> sources,
    client::Query query,
    bool at_the_same_time,
    bool with_prefix) {
    int code = kDone;
    if (!at_the_same_time) {
        for (const auto& source : sources)
            co_await print_one(api, source, query, with_prefix, &code);
        co_return code;
    }
    Notification done(api->executor());
    TaskGroup tasks(api->executor());
    for (const auto& source : sources)
        tasks.spawn(
            source.prefix(),
            print_and_tell(print_one(api, source, query, with_prefix, &code), &done));
    while (tasks.size() > 0) co_await done.wait();
    co_return code;
}

void add_sources(std::vector<LogSource>& sources, const Json& pod, const char* list) {
    for (const auto& container : list_at(pod, list))
        sources.push_back({pod_target(pod, "log"), string_at(container, "/name")});
}

}  // namespace

std::string LogSource::prefix() const {
    return fmt::format("[pod/{}/{}] ", target.name, container);
}

std::vector<LogSource> log_sources(
    const Json& pods, const std::string& container, bool all_containers) {
    std::vector<LogSource> sources;
    for (const auto& pod : pods) {
        if (!all_containers) {
            sources.push_back({pod_target(pod, "log"), choose_container(container, pod)});
            continue;
        }
        add_sources(sources, pod, "/spec/initContainers");
        add_sources(sources, pod, "/spec/containers");
    }
    return sources;
}

Result<int> print_logs(
    Session& session,
    const std::vector<LogSource>& sources,
    const client::Query& query,
    bool at_the_same_time,
    bool with_prefix) {
    return session.wait(print_all(&session.api(), sources, query, at_the_same_time, with_prefix));
}

}  // namespace picket::cli
