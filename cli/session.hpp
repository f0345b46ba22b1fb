#pragma once
#include "cli/command.hpp"
#include "common/async/awaitable.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/client/api_client.hpp"
#include "common/client/kubeconfig.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace CLI {
class App;
}

namespace picket::cli {

/// Which server, and which namespace on it.
struct ConnectionOptions {
    std::string kubeconfig = {};
    std::string context = {};
    std::string namespace_name = {};  ///< empty: the context's
};
void add_connection_options(CLI::App& app, ConnectionOptions& options);

/// How a request differs from a plain JSON one.
struct RequestOptions {
    client::Query query = {};
    std::string content_type = "application/json";
    std::string accept = "application/json";
    http::Method method = http::Method::Get;  ///< of stream()
};

/// A connection to the API for a command that does one thing after the other: each call blocks. The
/// server's warnings go to stderr, each once.
class Session {
public:
    static Result<std::unique_ptr<Session>> open(const ConnectionOptions& options);

    Result<Json> get(const client::Target& target, RequestOptions options = {});
    Result<Json> create(
        const client::Target& target, const Json& object, RequestOptions options = {});
    Result<Json> patch(const client::Target& target, const Json& patch, RequestOptions options);
    Result<Json> remove(
        const client::Target& target, const Json& delete_options, RequestOptions options = {});
    /// Path and query as they are; the answer's body as text.
    Result<std::string> get_raw(std::string path_and_query);
    /// A body that is read as it comes; an answer that is a failure is returned as its error.
    Result<std::unique_ptr<http::StreamingResponse>> stream(
        const client::Target& target, RequestOptions options = {});
    /// The next line of `response`; nothing at its end.
    Result<std::optional<std::string>> next_line(http::StreamingResponse& response);
    Result<std::string> next_bytes(http::StreamingResponse& response);

    /// For what is neither a call nor a stream of lines. explain() says more about its errors.
    [[nodiscard]] client::ApiClient& api() { return api_; }
    [[nodiscard]] Error explain(Error error) const;

    /// Sleeps; connections stay open.
    void pause(std::chrono::milliseconds duration);

    [[nodiscard]] const std::string& namespace_name() const { return config_.namespace_name; }
    [[nodiscard]] std::string server_url() const;

    /// Runs the loop until `task` is done.
    template <class T>
    T wait(Awaitable<T> task) {
        std::optional<T> result;
        bool done = false;
        std::exception_ptr failure;
        boost::asio::co_spawn(
            loop_, keep(std::move(task), &result), [&](std::exception_ptr thrown) {
                failure = thrown;
                done = true;
            });
        loop_.restart();
        while (!done) {
            if (loop_.run_one() == 0) throw std::logic_error("a call that can never end");
        }
        if (failure) std::rethrow_exception(failure);
        return std::move(*result);
    }

private:
    explicit Session(client::Kubeconfig config);

    template <class T>
    static Awaitable<> keep(Awaitable<T> task, std::optional<T>* result) {
        result->emplace(co_await std::move(task));
    }

    Result<http::ClientResponse> send(
        http::Method method, std::string target, std::string body, const RequestOptions& options);
    Result<Json> call(
        http::Method method,
        const client::Target& target,
        const Json* body,
        const RequestOptions& options);
    void print_warnings(const http::Headers& headers);

    boost::asio::io_context loop_{1};
    client::Kubeconfig config_;
    client::ApiClient api_;
    std::set<std::string> warned_;
};

}  // namespace picket::cli
