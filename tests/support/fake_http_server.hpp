#pragma once
/// A real HTTP server on a free port whose answers a test scripts, for code that talks to one
/// through a client.
#include "common/http/server.hpp"
#include "tests/support/run_async.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace picket::testing {

class FakeHttpServer {
public:
    using Answer = std::function<http::Response(const http::Request&)>;

    FakeHttpServer(AsyncRunner& runner, Answer answer)
        : runner_(runner),
          answer_(std::move(answer)),
          server_(
              runner.executor(),
              {"127.0.0.1:0", {}, {}},
              [this](http::Request request) { return handle(std::move(request)); },
              [](const Error& error, unsigned status) { return json(error.message, status); }) {
        if (auto started = server_.start(); !started)
            throw std::runtime_error(started.error().message);
    }
    ~FakeHttpServer() { runner_.run(server_.stop(std::chrono::seconds{0})); }
    FakeHttpServer(const FakeHttpServer&) = delete;
    FakeHttpServer& operator=(const FakeHttpServer&) = delete;

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_.port());
    }
    /// Everything that was asked, in order.
    [[nodiscard]] const std::vector<http::Request>& requests() const { return requests_; }

    static http::Response json(std::string body, unsigned status = 200) {
        http::Response response;
        response.status = status;
        response.headers.set("Content-Type", "application/json");
        response.body.push_back(http::bytes(std::move(body)));
        return response;
    }
    /// Sends the lines, then ends the stream.
    static http::Response lines(std::vector<std::string> lines) {
        http::Response response;
        response.stream = [lines = std::move(lines)](http::BodyWriter& writer) {
            return write_lines(lines, writer);
        };
        return response;
    }

private:
    static Awaitable<void> write_lines(std::vector<std::string> lines, http::BodyWriter& writer) {
        for (auto& line : lines) {
            if (!co_await writer.write({http::bytes(std::move(line) + "\n")})) co_return;
        }
    }

    Awaitable<http::Response> handle(http::Request request) {
        requests_.push_back(request);
        co_return answer_(request);
    }

    AsyncRunner& runner_;
    Answer answer_;
    std::vector<http::Request> requests_;
    http::Server server_;
};

}  // namespace picket::testing
