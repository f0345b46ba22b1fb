#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "common/client/event_log.hpp"
#include "tests/support/fake_http_server.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::client;
using picket::testing::FakeHttpServer;

namespace {

const ObjectReference kPod{"v1", "Pod", "default", "web", "uid-1"};

RecordedEvent event(const std::string& message, std::chrono::seconds at = std::chrono::seconds{0}) {
    const TimePoint time{at};
    return {kPod, "Warning", "Failed", message, "web.1", time, time};
}

Awaitable<> wait_until_asked(const FakeHttpServer& server, std::size_t count) {
    while (server.requests().size() < count) co_await sleep_for(std::chrono::milliseconds{1});
}

}  // namespace

TEST_CASE("EventLog: a repeat is counted, not added", "[events]") {
    EventLog log(10);
    log.record(event("no image", std::chrono::seconds{1}));
    log.record(event("no image", std::chrono::seconds{9}));
    REQUIRE(log.waiting() == 1);
    const auto& kept = log.at(*log.next());
    REQUIRE(kept.count == 2);
    REQUIRE((kept.first == TimePoint{std::chrono::seconds{1}}));
    REQUIRE((kept.last == TimePoint{std::chrono::seconds{9}}));
}

TEST_CASE("EventLog: a repeat after sending waits again, one while sending too", "[events]") {
    EventLog log(10);
    log.record(event("no image"));
    const auto key = *log.next();
    log.record(event("no image"));  // comes while the first is on its way
    log.sent(key, 1);
    REQUIRE(log.next() == key);
    REQUIRE(log.at(key).posted);
    log.sent(key, 2);
    REQUIRE_FALSE(log.next().has_value());
    log.record(event("no image"));
    REQUIRE(log.next() == key);
}

TEST_CASE("EventLog: beyond its limit the oldest waiting event is dropped", "[events]") {
    EventLog log(2);
    REQUIRE_FALSE(log.record(event("1")).has_value());
    REQUIRE_FALSE(log.record(event("2")).has_value());
    const auto dropped = log.record(event("3"));
    REQUIRE(dropped.has_value());
    REQUIRE(dropped->message == "1");
    REQUIRE(log.waiting() == 2);
}

TEST_CASE("EventLog: many similar events become one that is counted", "[events]") {
    EventLog log(1000);
    const auto say = [&](int pod, int second) {
        log.record(event("cannot make pod " + std::to_string(pod), std::chrono::seconds{second}));
    };
    for (int i = 0; i < 500; ++i) say(i, i / 10);
    CHECK(log.waiting() == EventLog::kMostSimilar + 1);
    const auto latest = [&] {
        std::string key;
        while (const auto next = log.next()) {
            key = *next;
            log.sent(key, log.at(key).count);
        }
        return log.at(key);
    };
    CHECK(latest().message == "(combined from similar events): cannot make pod 499");
    say(500, 50);
    const auto combined = latest();
    CHECK(combined.count == 491);
    CHECK(
        repeat_patch(combined)["message"] == "(combined from similar events): cannot make pod 500");
    // One of the first is still counted by itself.
    say(3, 51);
    CHECK(latest().count == 2);
    // After a quiet time it starts anew.
    say(600, 51 + 600);
    CHECK(latest().message == "cannot make pod 600");
    // Another reason is another matter.
    auto other = event("cannot make pod 700", std::chrono::seconds{652});
    other.reason = "Other";
    log.record(other);
    CHECK(latest().message == "cannot make pod 700");
}

TEST_CASE("EventLog: what was sent is not remembered without limit", "[events]") {
    EventLog log(10);
    const auto about = [](std::size_t pod) {
        auto made = event("no image");
        made.about.name = std::to_string(pod);
        return made;
    };
    for (std::size_t i = 0; i < 3 * EventLog::kMaxRemembered; ++i) {
        log.record(about(i));
        log.sent(*log.next(), 1);
    }
    log.record(about(0));
    REQUIRE(log.at(*log.next()).count == 1);
}

TEST_CASE("EventRecorder: posts an event and patches its repeat", "[events]") {
    picket::testing::AsyncRunner runner;
    FakeHttpServer server(runner, [](const http::Request&) { return FakeHttpServer::json("{}"); });
    ApiClientOptions options;
    options.http.endpoint = *http::parse_endpoint(server.url());
    ApiClient api(runner.executor(), options);
    const SystemClock clock;
    EventRecorder recorder(api, clock, "agent", "n1");
    TaskGroup tasks(runner.executor());
    tasks.spawn("events", recorder.run());

    recorder.warning(kPod, "Failed", "no image");
    runner.run(wait_until_asked(server, 1));
    recorder.warning(kPod, "Failed", "no image");
    runner.run(wait_until_asked(server, 2));
    runner.run(tasks.stop());

    const auto posted = Json::parse(server.requests()[0].body);
    REQUIRE(server.requests()[0].target == "/api/v1/namespaces/default/events");
    REQUIRE(posted["involvedObject"]["uid"] == "uid-1");
    REQUIRE(posted["source"]["host"] == "n1");
    REQUIRE(posted["type"] == "Warning");
    REQUIRE(server.requests()[1].method == http::Method::Patch);
    REQUIRE(Json::parse(server.requests()[1].body)["count"] == 2);
}

TEST_CASE(
    "EventRecorder: goes on after a refusal and keeps what meets an unavailable server",
    "[events]") {
    picket::testing::AsyncRunner runner;
    std::vector<unsigned> codes = {503, 201, 403, 201};
    std::size_t next = 0;
    FakeHttpServer server(
        runner, [&](const http::Request&) { return FakeHttpServer::json("{}", codes.at(next++)); });
    ApiClientOptions options;
    options.http.endpoint = *http::parse_endpoint(server.url());
    ApiClient api(runner.executor(), options);
    const SystemClock clock;
    EventRecorder recorder(api, clock, "agent");
    TaskGroup tasks(runner.executor());
    tasks.spawn("events", recorder.run());
    for (const auto* message : {"first", "second", "third"})
        recorder.normal(kPod, "Started", message);
    runner.run(wait_until_asked(server, 4));
    runner.run(tasks.stop());
    std::vector<std::string> messages;
    for (const auto& request : server.requests())
        messages.push_back(Json::parse(request.body)["message"]);
    REQUIRE(messages == std::vector<std::string>{"first", "first", "second", "third"});
}
