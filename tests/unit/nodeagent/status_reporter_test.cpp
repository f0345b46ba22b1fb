#include "nodeagent/pod/status_reporter.hpp"

#include "common/async/task_group.hpp"
#include "tests/support/fake_http_server.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace picket::nodeagent {
namespace {

using picket::testing::AsyncRunner;
using picket::testing::FakeHttpServer;

Json status_of(const std::string& ready) {
    return {{"phase", "Running"}, {"conditions", {{{"type", "Ready"}, {"status", ready}}}}};
}

Pod pod_as_seen(const std::string& uid, const Json& status, std::uint64_t version) {
    return parse_pod(
        {{"metadata",
          {{"name", uid},
           {"namespace", "default"},
           {"uid", uid},
           {"resourceVersion", std::to_string(version)}}},
         {"spec", Json::object()},
         {"status", status}});
}

/// An API that numbers its writes, and shows each to a watch before it answers.
class NumberingApi {
public:
    explicit NumberingApi(AsyncRunner& runner)
        : server_(runner, [this](const http::Request& request) { return answer(request); }) {}

    std::function<void(const Pod&)> watch;
    std::size_t writes = 0;
    std::vector<std::string> calls;

    [[nodiscard]] std::string url() const { return server_.url(); }

private:
    http::Response answer(const http::Request& request) {
        calls.emplace_back(http::method_name(request.method));
        if (request.method == http::Method::Delete) return FakeHttpServer::json("{}");
        const auto patch = Json::parse(request.body);
        const auto uid = patch["metadata"]["uid"].get<std::string>();
        const auto version = ++writes;
        if (watch) watch(pod_as_seen(uid, patch["status"], version));
        const Json object = {{"metadata", {{"resourceVersion", std::to_string(version)}}}};
        return FakeHttpServer::json(object.dump());
    }

    FakeHttpServer server_;
};

struct Fixture {
    AsyncRunner runner;
    NumberingApi api{runner};
    client::ApiClient client{
        runner.executor(), {.http = {.endpoint = *http::parse_endpoint(api.url())}}};
    StatusReporter reporter{runner.executor(), client};
    TaskGroup tasks{runner.executor()};

    Fixture() { tasks.spawn("statuses", reporter.run()); }
    ~Fixture() { runner.run(tasks.stop()); }

    Awaitable<> wait_for_writes(std::size_t count) {
        while (api.writes < count) co_await sleep_for(std::chrono::milliseconds{1});
    }
    Awaitable<> wait_for_calls(std::size_t count) {
        while (api.calls.size() < count) co_await sleep_for(std::chrono::milliseconds{1});
    }
};

}  // namespace

TEST_CASE("Status reporter: a watch that outruns the answer brings nothing back", "[status]") {
    Fixture test;
    const auto pod = pod_as_seen("a", status_of("True"), 0);
    test.reporter.report(pod, status_of("True"));
    test.runner.run(test.wait_for_writes(1));

    test.api.watch = [&](const Pod& seen) { test.reporter.seen(seen); };
    test.reporter.report(pod, status_of("False"));
    test.runner.run(test.wait_for_writes(2));
    // What the reporter owes to "a" would go out before this: they are sent in the order of uids.
    test.reporter.report(pod_as_seen("b", status_of("True"), 0), status_of("True"));
    test.runner.run(test.wait_for_writes(3));
    test.reporter.report(pod_as_seen("c", status_of("True"), 0), status_of("True"));
    test.runner.run(test.wait_for_writes(4));
    CHECK(test.api.writes == 4);
}

TEST_CASE("Status reporter: the last status goes out before the deletion", "[status]") {
    Fixture test;
    const auto pod = pod_as_seen("a", status_of("True"), 0);
    test.reporter.report(pod, status_of("False"));
    test.reporter.departed(pod);
    test.runner.run(test.wait_for_calls(2));
    CHECK(test.api.calls == std::vector<std::string>{"PATCH", "DELETE"});
    test.reporter.departed(pod_as_seen("b", status_of("True"), 0));
    test.runner.run(test.wait_for_calls(3));
    CHECK(test.api.calls.back() == "DELETE");
}

TEST_CASE("Status reporter: what somebody else wrote is put right", "[status]") {
    Fixture test;
    test.reporter.report(pod_as_seen("a", status_of("True"), 0), status_of("True"));
    test.runner.run(test.wait_for_writes(1));

    // While nothing is under way, and while the answer to a write of ours is.
    test.reporter.seen(pod_as_seen("a", status_of("Unknown"), 7));
    test.runner.run(test.wait_for_writes(2));
    test.api.watch = [&](const Pod&) {
        test.api.watch = {};
        test.reporter.seen(pod_as_seen("a", status_of("Unknown"), 9));
    };
    test.reporter.report(pod_as_seen("a", status_of("False"), 0), status_of("False"));
    test.runner.run(test.wait_for_writes(4));
    CHECK(test.api.writes == 4);
}

}  // namespace picket::nodeagent
