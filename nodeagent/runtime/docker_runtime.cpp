#include "nodeagent/runtime/docker_runtime.hpp"

#include "common/api/json_read.hpp"
#include "common/async/timing.hpp"
#include "common/base/log.hpp"
#include "nodeagent/runtime/capabilities.hpp"
#include "nodeagent/runtime/docker_calls.hpp"
#include "nodeagent/runtime/docker_container_json.hpp"
#include "nodeagent/runtime/docker_messages.hpp"
#include "nodeagent/runtime/docker_streams.hpp"
#include "nodeagent/runtime/image_name.hpp"
#include "nodeagent/runtime/pull_progress.hpp"
#include "nodeagent/runtime/sandbox_image.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;

/// A registry that sends nothing for this long is taken as gone; the engine itself repeats its
/// progress often.
constexpr std::chrono::milliseconds kPullSilence = 300s;

/// The exit code of a process that was ended by SIGKILL.
constexpr int kKilled = 137;

http::ClientOptions client_options(http::Endpoint endpoint) {
    http::ClientOptions options;
    options.endpoint = std::move(endpoint);
    options.max_idle_connections = 4;
    return options;
}

// `since` with a fraction, because two lines of one second must not be mixed up.
std::string log_query(const LogOptions& options) {
    auto query = fmt::format(
        "?stdout=1&stderr=1&follow={:d}&timestamps={:d}", options.follow, options.timestamps);
    if (options.tail) query += fmt::format("&tail={}", *options.tail);
    if (options.since) {
        const auto micros = options.since->time_since_epoch().count();
        query += fmt::format("&since={}.{:06}", micros / 1'000'000, micros % 1'000'000);
    }
    return query;
}

}  // namespace

DockerRuntime::DockerRuntime(boost::asio::any_io_executor executor, http::Endpoint endpoint)
    : executor_(executor),
      client_(executor, client_options(std::move(endpoint))),
      negative_oom_score_refused_(!may_lower_oom_score()) {
    if (negative_oom_score_refused_) {
        logger("runtime")->warn(
            "negative OOM scores are left out: this host does not allow them (CAP_SYS_RESOURCE)");
    }
}

Awaitable<Result<std::string>> DockerRuntime::call(
    http::Method method, std::string path, std::string body, std::chrono::milliseconds timeout) {
    auto response = co_await client_.send(make_request(method, path, std::move(body)), timeout);
    if (!response) co_return response.error();
    if (response->status >= 400) co_return docker_error(response->status, response->body);
    co_return std::move(response->body);
}

Awaitable<Result<Json>> DockerRuntime::get_json(std::string path) {
    auto body = co_await call(http::Method::Get, path, {}, kQuickCall);
    if (!body) co_return body.error();
    auto json = Json::parse(*body, nullptr, false);
    if (json.is_discarded()) co_return not_json(path);
    co_return json;
}

Awaitable<Result<RuntimeInfo>> DockerRuntime::info() {
    auto json = co_await get_json("/info");
    if (!json) co_return json.error();
    co_return parse_info(*json);
}

// The engine's list knows neither exit codes nor times, so each container is inspected; one that
// vanishes meanwhile is simply not there any more.
Awaitable<Result<std::vector<ContainerState>>> DockerRuntime::list(ContainerLabels labels) {
    auto rows = co_await get_json(
        "/containers/json?all=1&filters=" + http::url_encode(label_filter(labels)));
    if (!rows) co_return rows.error();
    std::vector<ContainerState> containers;
    for (const auto& row : *rows) {
        auto container = co_await inspect(row.value("Id", std::string()));
        if (container) {
            containers.push_back(std::move(*container));
        } else if (container.error().reason != Reason::NotFound) {
            co_return container.error();
        }
    }
    co_return containers;
}

Awaitable<Result<ContainerState>> DockerRuntime::inspect(std::string id) {
    auto json = co_await get_json(container_path(id, "/json"));
    if (!json) co_return json.error();
    auto container = parse_container(*json);
    // The engine misses some of these kills, see KernelOomKills.
    if (container.exited() && container.exit_code == kKilled && !container.oom_killed)
        container.oom_killed = kernel_oom_kills_.killed(container.id);
    co_return container;
}

void DockerRuntime::drop_refused_wishes(ContainerSpec& spec) {
    auto& score = spec.resources.oom_score_adj;
    if (negative_oom_score_refused_ && score && *score < 0) score.reset();
}

Awaitable<Result<std::string>> DockerRuntime::create(ContainerSpec spec) {
    drop_refused_wishes(spec);
    const auto path = "/containers/create?name=" + http::url_encode(spec.name);
    auto body = co_await call(http::Method::Post, path, to_create_body(spec).dump(), kSlowCall);
    if (!body) co_return body.error();
    const auto json = Json::parse(*body, nullptr, false);
    if (!json.is_object() || !json.contains("Id")) co_return not_json(path);
    co_return json["Id"].get<std::string>();
}

Awaitable<Result<void>> DockerRuntime::start(std::string id) {
    auto done = co_await call(http::Method::Post, container_path(id, "/start"), {}, kSlowCall);
    if (done) co_return Ok();
    // The agent may hold a capability that the engine lacks: the next attempt then goes without the
    // wish.
    if (done.error().message.find("oom_score_adj") != std::string::npos)
        negative_oom_score_refused_ = true;
    co_return done.error();
}

Awaitable<Result<void>> DockerRuntime::stop(std::string id, std::chrono::seconds grace) {
    // The engine answers when the container has ended, so the call may take the whole grace period.
    const auto path = container_path(id, fmt::format("/stop?t={}", grace.count()));
    auto done = co_await call(http::Method::Post, path, {}, grace + kQuickCall);
    if (!done && done.error().reason != Reason::NotFound) co_return done.error();
    co_return Ok();
}

Awaitable<Result<void>> DockerRuntime::kill(std::string id, std::string signal) {
    const auto path = container_path(id, "/kill?signal=" + http::url_encode(signal));
    auto done = co_await call(http::Method::Post, path, {}, kQuickCall);
    if (!done) co_return done.error();
    co_return Ok();
}

Awaitable<Result<void>> DockerRuntime::remove(std::string id) {
    auto done =
        co_await call(http::Method::Delete, container_path(id, "?v=1&force=1"), {}, kSlowCall);
    if (done || done.error().reason == Reason::NotFound) co_return Ok();
    co_return done.error();
}

Awaitable<Result<ImageInfo>> DockerRuntime::inspect_image(std::string image) {
    auto json = co_await get_json("/images/" + http::url_encode(image) + "/json");
    if (!json) co_return json.error();
    co_return parse_image(*json);
}

Awaitable<Result<std::set<std::string>>> DockerRuntime::list_texts(
    std::string path, std::string key) {
    auto rows = co_await get_json(path);
    if (!rows) co_return rows.error();
    std::set<std::string> texts;
    for (const auto& row : *rows) texts.insert(json_read::text(row, key));
    co_return texts;
}

Awaitable<Result<std::set<std::string>>> DockerRuntime::image_ids() {
    co_return co_await list_texts("/images/json", "Id");
}

Awaitable<Result<std::set<std::string>>> DockerRuntime::images_in_use() {
    co_return co_await list_texts("/containers/json?all=1", "ImageID");
}

Awaitable<Result<void>> DockerRuntime::remove_image(std::string image) {
    const auto path = "/images/" + http::url_encode(image) + "?noprune=1";
    auto done = co_await call(http::Method::Delete, path, {}, kSlowCall);
    if (done || done.error().reason == Reason::NotFound) co_return Ok();
    co_return done.error();
}

Awaitable<Result<std::unique_ptr<http::StreamingResponse>>> DockerRuntime::open(
    http::Request request, std::chrono::milliseconds timeout) {
    auto response = co_await client_.open(std::move(request), timeout);
    if (!response) co_return response.error();
    if ((*response)->status() < 400) co_return std::move(*response);
    const auto status = (*response)->status();
    auto body = co_await (*response)->read_some(kQuickCall);
    co_return docker_error(status, body ? *body : std::string());
}

Awaitable<Result<void>> DockerRuntime::drain_progress(
    std::unique_ptr<http::StreamingResponse> response, std::function<void(std::string)> progress) {
    PullProgress so_far;
    while (true) {
        auto line = co_await response->read_line(kPullSilence);
        if (!line) co_return line.error();
        if (!*line) co_return Ok();
        auto parsed = parse_progress_line(**line);
        if (!parsed.error.empty()) {
            co_return Error{
                .reason = Reason::ServiceUnavailable, .message = std::move(parsed.error)};
        }
        so_far.take(parsed);
        if (progress && !parsed.text.empty()) progress(so_far.text());
    }
}

Awaitable<Result<void>> DockerRuntime::pull(
    std::string image, RegistryCredential credential, std::function<void(std::string)> progress) {
    const auto name = parse_image_name(image);
    if (!name) co_return Error{.reason = Reason::Invalid, .message = "invalid image name " + image};
    const auto path = fmt::format(
        "/images/create?fromImage={}&tag={}",
        http::url_encode(name->repository),
        http::url_encode(name->version()));
    auto request = make_request(http::Method::Post, path, {});
    if (auto header = registry_auth_header(credential); !header.empty()) {
        request.headers.set("X-Registry-Auth", std::move(header));
    }
    auto response = co_await open(std::move(request), kSlowCall);
    if (!response) co_return response.error();
    co_return co_await drain_progress(std::move(*response), std::move(progress));
}

Awaitable<Result<BridgeNetwork>> DockerRuntime::bridge() {
    auto json = co_await get_json("/networks/bridge");
    if (!json) co_return json.error();
    co_return parse_bridge(*json);
}

Awaitable<Result<std::string>> DockerRuntime::ensure_sandbox_image() {
    auto present = co_await inspect_image(sandbox_image_name());
    if (present) co_return sandbox_image_name();
    if (present.error().reason != Reason::NotFound) co_return present.error();
    auto request =
        make_request(http::Method::Post, "/images/load?quiet=1", make_sandbox_image_archive());
    request.headers.set("Content-Type", "application/x-tar");
    auto response = co_await open(std::move(request), kSlowCall);
    if (!response) co_return response.error();
    auto loaded = co_await drain_progress(std::move(*response), {});
    if (!loaded) co_return loaded.error();
    co_return sandbox_image_name();
}

Awaitable<Result<std::unique_ptr<LogStream>>> DockerRuntime::logs(
    std::string id, LogOptions options) {
    auto container = co_await inspect(id);
    if (!container) co_return container.error();
    const auto path = container_path(id, "/logs") + log_query(options);
    auto response = co_await open(make_request(http::Method::Get, path, {}), kSlowCall);
    if (!response) co_return response.error();
    co_return std::make_unique<DockerLogStream>(std::move(*response), container->tty);
}

Awaitable<Result<std::unique_ptr<RuntimeEvents>>> DockerRuntime::events(ContainerLabels labels) {
    const auto path = "/events?filters=" + http::url_encode(event_filter(labels));
    auto response = co_await open(make_request(http::Method::Get, path, {}), kQuickCall);
    if (!response) co_return response.error();
    co_return std::make_unique<DockerEvents>(std::move(*response));
}

Result<std::unique_ptr<Runtime>> make_docker_runtime(
    boost::asio::any_io_executor executor, const std::string& endpoint) {
    auto parsed = http::parse_endpoint(endpoint);
    if (!parsed) return parsed.error();
    return std::unique_ptr<Runtime>(
        std::make_unique<DockerRuntime>(std::move(executor), std::move(*parsed)));
}

}  // namespace picket::nodeagent
