#include "nodeagent/streams/command_request.hpp"

#include "common/api/command_status.hpp"
#include "common/api/status.hpp"
#include "nodeagent/runtime/docker_messages.hpp"
#include "nodeagent/streams/port_dialer.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::nodeagent;

namespace {

StreamRequest a_command(std::string kind, std::vector<std::pair<std::string, std::string>> query) {
    StreamRequest request;
    request.kind = std::move(kind);
    request.parameters = std::move(query);
    return request;
}

}  // namespace

TEST_CASE("Command request: the streams and the words in their order", "[streams]") {
    const auto wanted = parse_command_request(a_command(
        "exec",
        {{"command", "sh"},
         {"stdin", "true"},
         {"command", "-c"},
         {"stdout", "true"},
         {"command", ""}}));
    REQUIRE(wanted.has_value());
    CHECK(wanted->command == std::vector<std::string>{"sh", "-c", ""});
    CHECK((wanted->input && wanted->output && !wanted->errors && !wanted->tty));
}

TEST_CASE("Command request: a terminal has no stream of errors", "[streams]") {
    const auto wanted = parse_command_request(
        a_command("attach", {{"stderr", "true"}, {"stdout", "true"}, {"tty", "true"}}));
    REQUIRE(wanted.has_value());
    CHECK((wanted->tty && !wanted->errors));
}

TEST_CASE("Command request: what makes no sense is refused", "[streams]") {
    CHECK_FALSE(parse_command_request(a_command("exec", {{"stdout", "true"}})).has_value());
    CHECK_FALSE(parse_command_request(a_command("attach", {{"stdout", "false"}})).has_value());
    CHECK_FALSE(parse_command_request(a_command("exec", {{"command", "ls"}})).has_value());
}

TEST_CASE("Terminal size: both sides, and no nonsense", "[streams]") {
    CHECK(parse_terminal_size("{\"Width\":100,\"Height\":30}\n")->width == 100);
    const auto* text = GENERATE(
        "",
        "[]",
        "{}",
        R"({"Width":0,"Height":3})",
        R"({"Width":"a","Height":3})",
        R"({"Width":70000,"Height":3})",
        R"({"Width":80})");
    CAPTURE(text);
    CHECK_FALSE(parse_terminal_size(text).has_value());
}

TEST_CASE("Ports: 1 to 65535", "[streams]") {
    CHECK(*parse_port("8080") == 8080);
    const auto* text = GENERATE("", "0", "65536", "-1", "80a", "http");
    CAPTURE(text);
    CHECK_FALSE(parse_port(text).has_value());
}

TEST_CASE("Command status: an exit code goes over and comes back", "[streams]") {
    for (const int code : {0, 1, 3, 126, 255}) CHECK(*exit_code_of(exit_status(code)) == code);
    const auto failure = exit_code_of(to_status({Reason::InternalError, "the agent is gone"}));
    REQUIRE_FALSE(failure.has_value());
    CHECK(failure.error().message == "the agent is gone");
    CHECK_FALSE(exit_code_of(Json::array()).has_value());
    CHECK_FALSE(exit_code_of({{"reason", "NonZeroExitCode"}, {"message", "x"}}).has_value());
}

TEST_CASE("Usage: cgroup v1 and v2 say it in other words", "[streams]") {
    const auto v1 = parse_usage(Json::parse(R"({
        "cpu_stats": {"cpu_usage": {"total_usage": 5}},
        "memory_stats": {"usage": 100, "limit": 1000,
            "stats": {"total_inactive_file": 30, "total_rss": 40, "total_cache": 50, "inactive_file": 1}},
        "networks": {"eth0": {"rx_bytes": 1, "tx_bytes": 2}, "eth1": {"rx_bytes": 10, "tx_bytes": 20}},
        "pids_stats": {"current": 3}})"));
    CHECK(v1.cpu_nanoseconds == 5);
    CHECK(v1.working_set_bytes == 70);
    CHECK((v1.rss_bytes == 40 && v1.cache_bytes == 50));
    CHECK((v1.received_bytes == 11 && v1.sent_bytes == 22 && v1.pids == 3));
    const auto v2 = parse_usage(Json::parse(
        R"({"memory_stats": {"usage": 100, "stats": {"inactive_file": 30, "anon": 40, "file": 50}}})"));
    CHECK((v2.working_set_bytes == 70 && v2.rss_bytes == 40 && v2.cache_bytes == 50));
    // A container that has just ended has nothing to say.
    CHECK(parse_usage(Json::object()).memory_bytes == 0);
}
