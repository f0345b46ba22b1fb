#include "common/client/informer.hpp"

#include "tests/support/fake_http_server.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::client;
using picket::testing::FakeHttpServer;

namespace {

/// The smallest view there can be.
struct Thing {
    int value = 0;
    static Thing parse(const Json& object) { return {object.value("value", 0)}; }
};

std::string thing(const std::string& name, int value, int version) {
    return fmt::format(
        R"({{"metadata":{{"namespace":"ns","name":"{}","resourceVersion":"{}"}},"value":{}}})",
        name,
        version,
        value);
}

std::string list(int version, std::vector<std::string> items) {
    return fmt::format(
        R"({{"metadata":{{"resourceVersion":"{}"}},"items":[{}]}})",
        version,
        fmt::join(items, ","));
}

std::string event(const std::string& type, const std::string& object) {
    return fmt::format(R"({{"type":"{}","object":{}}})", type, object);
}

/// Answers with a script, one entry per request, and holds the last watch open.
class Script {
public:
    explicit Script(std::vector<http::Response> answers) : answers_(std::move(answers)) {}

    http::Response operator()(const http::Request&) {
        if (next_ < answers_.size()) return answers_[next_++];
        http::Response silent;
        silent.stream = wait_for_ever;
        return silent;
    }

private:
    static Awaitable<void> wait_for_ever(http::BodyWriter&) {
        co_await sleep_for(std::chrono::hours{24});
    }

    std::vector<http::Response> answers_;
    std::size_t next_ = 0;
};

struct Setup {
    explicit Setup(std::vector<http::Response> answers)
        : server(runner, Script(std::move(answers))),
          api(runner.executor(), options()),
          informer(api, {"v1", "things"}, {}, 1),
          tasks(runner.executor()) {
        informer.on_change([this](const std::string& key, const auto& before, const auto& after) {
            changes.push_back(fmt::format(
                "{}: {} -> {}",
                key,
                before ? std::to_string(before->value) : "none",
                after ? std::to_string(after->value) : "none"));
        });
    }
    ~Setup() { runner.run(tasks.stop()); }

    ApiClientOptions options() const {
        ApiClientOptions made;
        made.http.endpoint = *http::parse_endpoint(server.url());
        return made;
    }

    /// Runs the informer until the server has been asked `count` times.
    void run_until_asked(std::size_t count) {
        tasks.spawn("informer", informer.run());
        runner.run(wait_until_asked(count));
    }
    Awaitable<> wait_until_asked(std::size_t count) {
        while (server.requests().size() < count) co_await sleep_for(std::chrono::milliseconds{1});
    }

    [[nodiscard]] std::string asked(std::size_t index) const {
        return server.requests()[index].target;
    }

    picket::testing::AsyncRunner runner;
    FakeHttpServer server;
    ApiClient api;
    Informer<Thing> informer;
    std::vector<std::string> changes;
    TaskGroup tasks;
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("Informer: lists, then watches from the list's version", "[informer]") {
    Setup setup({
        FakeHttpServer::json(list(10, {thing("a", 1, 3), thing("b", 2, 4)})),
        FakeHttpServer::lines(
            {event("MODIFIED", thing("a", 5, 11)), event("DELETED", thing("b", 2, 12))}),
    });
    setup.run_until_asked(3);
    REQUIRE(setup.informer.synced());
    REQUIRE(
        setup.changes ==
        std::vector<std::string>{
            "ns/a: none -> 1", "ns/b: none -> 2", "ns/a: 1 -> 5", "ns/b: 2 -> none"});
    REQUIRE(setup.informer.find("ns/a")->value == 5);
    REQUIRE(setup.informer.find("ns/b") == nullptr);
    REQUIRE(contains(setup.asked(1), "resourceVersion=10"));
}

TEST_CASE(
    "Informer: a watch that ends is resumed from the last version, bookmarks included",
    "[informer]") {
    Setup setup({
        FakeHttpServer::json(list(10, {})),
        FakeHttpServer::lines({event("ADDED", thing("a", 1, 11))}),
        FakeHttpServer::lines({event("BOOKMARK", R"({"metadata":{"resourceVersion":"40"}})")}),
    });
    setup.run_until_asked(4);
    REQUIRE(contains(setup.asked(2), "resourceVersion=11"));
    REQUIRE(contains(setup.asked(3), "resourceVersion=40"));
    REQUIRE(setup.changes.size() == 1);
}

TEST_CASE(
    "Informer: an expired version is listed anew, and what is gone meanwhile is deleted",
    "[informer]") {
    const auto expired = R"({"kind":"Status","status":"Failure","reason":"Expired","code":410})";
    const bool in_stream = GENERATE(false, true);
    Setup setup({
        FakeHttpServer::json(list(10, {thing("a", 1, 3), thing("b", 2, 4)})),
        in_stream ? FakeHttpServer::lines({event("ERROR", expired)})
                  : FakeHttpServer::json(expired, 410),
        FakeHttpServer::json(list(20, {thing("b", 9, 15)})),
    });
    setup.run_until_asked(4);
    REQUIRE(contains(setup.asked(3), "resourceVersion=20"));
    REQUIRE(setup.informer.find("ns/a") == nullptr);
    REQUIRE(setup.informer.find("ns/b")->value == 9);
}

TEST_CASE("Informer: what was learned elsewhere is not undone by a watch that lags", "[informer]") {
    Setup setup({
        FakeHttpServer::json(list(10, {thing("a", 1, 3)})),
        FakeHttpServer::lines(
            {event("ADDED", thing("c", 6, 11)),
             event("MODIFIED", thing("a", 2, 12)),
             event("DELETED", thing("b", 7, 13)),
             event("MODIFIED", thing("a", 4, 30))}),
    });
    setup.informer.on_change([&](const std::string& key, const auto&, const auto&) {
        if (key != "ns/c") return;
        setup.informer.learn(Json::parse(thing("a", 1, 9)));   // the watch was there already
        setup.informer.learn(Json::parse(thing("a", 3, 20)));  // ahead of it
        setup.informer.learn(Json::parse(thing("b", 8, 14)));  // made again since
    });
    setup.run_until_asked(3);
    REQUIRE(
        setup.changes == std::vector<std::string>{
                             "ns/a: none -> 1",
                             "ns/c: none -> 6",
                             "ns/a: 1 -> 3",
                             "ns/b: none -> 8",
                             "ns/a: 3 -> 4"});
    REQUIRE(setup.informer.version() == "30");
}

TEST_CASE("Informer: goes on when the server fails for a while", "[informer]") {
    Setup setup({
        FakeHttpServer::json("{}", 503),
        FakeHttpServer::json(list(10, {thing("a", 1, 3)})),
        FakeHttpServer::json("{}", 500),
    });
    setup.run_until_asked(4);
    REQUIRE(setup.informer.find("ns/a")->value == 1);
    REQUIRE(contains(setup.asked(3), "watch=true"));
}

TEST_CASE("Reflector: tells once when contact is lost and once when it is back", "[informer]") {
    picket::testing::AsyncRunner runner;
    FakeHttpServer server(
        runner,
        Script({
            FakeHttpServer::json(list(10, {})),
            FakeHttpServer::json("{}", 500),
            FakeHttpServer::json("{}", 500),
        }));
    ApiClientOptions options;
    options.http.endpoint = *http::parse_endpoint(server.url());
    ApiClient api(runner.executor(), options);
    std::string contact;
    Reflector::Callbacks callbacks{
        [](std::vector<Json>) {},
        [](WatchLine) {},
        [&](const Error* error) { contact += error == nullptr ? '+' : '-'; }};
    Reflector reflector(api, {"v1", "things"}, {}, callbacks, 1);
    TaskGroup tasks(runner.executor());
    tasks.spawn("reflector", reflector.run());
    runner.run([](std::string& seen) -> Awaitable<> {
        while (seen.size() < 3) co_await sleep_for(std::chrono::milliseconds{1});
    }(contact));
    REQUIRE(contact == "+-+");
    runner.run(tasks.stop());
}

TEST_CASE("Reflector: asked to redial, it resumes a silent watch from where it was", "[informer]") {
    picket::testing::AsyncRunner runner;
    FakeHttpServer server(runner, Script({FakeHttpServer::json(list(10, {}))}));
    ApiClientOptions options;
    options.http.endpoint = *http::parse_endpoint(server.url());
    ApiClient api(runner.executor(), options);
    Reflector reflector(api, {"v1", "things"}, {}, {[](auto) {}, [](auto) {}}, 1);
    TaskGroup tasks(runner.executor());
    tasks.spawn("reflector", reflector.run());
    const auto asked = [](FakeHttpServer& seen, std::size_t count) -> Awaitable<> {
        while (seen.requests().size() < count) co_await sleep_for(std::chrono::milliseconds{1});
    };
    runner.run(asked(server, 2));
    reflector.redial();
    runner.run(asked(server, 3));
    REQUIRE(contains(server.requests()[2].target, "watch=true"));
    REQUIRE(contains(server.requests()[2].target, "resourceVersion=10"));
    runner.run(tasks.stop());
}
