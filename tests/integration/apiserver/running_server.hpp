#pragma once
/// A whole API server on a free port with a real file, and clients of it.
#include "apiserver/apiserver.hpp"
#include "common/api/node.hpp"
#include "common/client/api_client.hpp"
#include "common/client/kubeconfig.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace picket::testing {

using client::PatchType;
using client::Target;

/// Long enough for a slow machine; what must come within it fails the test otherwise.
constexpr std::chrono::milliseconds kPatience{20'000};

inline http::Request a_get(std::string target) {
    http::Request request;
    request.target = std::move(target);
    return request;
}

/// Started when made, stopped when destroyed; restart() keeps the data directory.
class RunningServer {
public:
    RunningServer() { start(); }
    /// By a clock of the test, which outlives it.
    explicit RunningServer(const Clock& clock) : clock_(clock) { start(); }
    ~RunningServer() { stop(); }
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    void start() {
        server_ = std::make_unique<apiserver::ApiServer>(
            runner_.executor(),
            apiserver::ApiServerOptions{
                .data_dir = directory_.path().string(), .listen = "127.0.0.1:0"},
            clock_);
        const auto started = runner_.run(server_->start());
        if (!started) FAIL("cannot start: " << started.error().message);
    }
    void stop() {
        if (server_) runner_.run(server_->stop());
        server_.reset();
    }
    void restart() {
        stop();
        start();
    }

    [[nodiscard]] std::string file(const std::string& name) const {
        return (directory_.path() / name).string();
    }
    [[nodiscard]] AsyncRunner& runner() { return runner_; }
    [[nodiscard]] std::string url() const { return server_->url(); }

    /// A client with the admin's credential, or with `token` in its place; `host` as agents say it.
    [[nodiscard]] std::unique_ptr<client::ApiClient> connect(
        const std::string& token = {}, const std::string& host = {}) {
        auto config = client::load_kubeconfig(file("admin.kubeconfig"), "", "");
        REQUIRE(config);
        if (!token.empty()) config->options.bearer_token = token;
        if (!host.empty()) config->options.headers.set(kHostHeader, host);
        return std::make_unique<client::ApiClient>(runner_.executor(), config->options);
    }
    /// As connect(), without any credential.
    [[nodiscard]] std::unique_ptr<client::ApiClient> connect_anonymously() {
        auto made = connect();
        made->set_bearer_token("");
        return made;
    }

    /// Runs one call to its end; a failure fails the test.
    template <class T>
    T ok(Awaitable<Result<T>> call) {
        auto result = runner_.run(std::move(call));
        if (!result) FAIL("unexpected error: " << result.error().message);
        return std::move(*result);
    }
    /// Runs one call that must fail.
    template <class T>
    Error error(Awaitable<Result<T>> call) {
        auto result = runner_.run(std::move(call));
        REQUIRE_FALSE(result);
        return result.error();
    }

private:
    TemporaryDirectory directory_;
    SystemClock system_clock_;
    const Clock& clock_ = system_clock_;
    AsyncRunner runner_;
    std::unique_ptr<apiserver::ApiServer> server_;
};

inline Target config_maps(std::string name = {}) {
    return {"v1", "configmaps", "default", std::move(name)};
}
inline Target daemon_sets(std::string name = {}) {
    return {"apps/v1", "daemonsets", "default", std::move(name)};
}
inline Json a_config_map(const std::string& name) {
    return {
        {"apiVersion", "v1"},
        {"kind", "ConfigMap"},
        {"metadata", {{"name", name}}},
        {"data", {{"key", "value"}}}};
}
inline Json a_daemon_set(const std::string& name) {
    const Json template_labels = {{"app", name}};
    return {
        {"apiVersion", "apps/v1"},
        {"kind", "DaemonSet"},
        {"metadata", {{"name", name}}},
        {"spec",
         {{"selector", {{"matchLabels", template_labels}}},
          {"template",
           {{"metadata", {{"labels", template_labels}}},
            {"spec", {{"containers", {{{"name", "main"}, {"image", "busybox"}}}}}}}}}}};
}

}  // namespace picket::testing
