#include "common/api/tunnel.hpp"

#include "common/api/status.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace picket {
namespace {

TEST_CASE("tunnel: a stream request survives the wire, repeated parameters included", "[tunnel]") {
    const StreamRequest request{
        .id = "s1",
        .kind = "log",
        .namespace_name = "default",
        .pod = "web-x",
        .pod_uid = "u1",
        .container = "main",
        .parameters = {{"command", "ls"}, {"command", "-l"}}};
    const auto parsed = parse_stream_request(Json::parse(to_json(request).dump()));
    REQUIRE(parsed.has_value());
    CHECK(to_json(*parsed) == to_json(request));
    CHECK(parsed->parameters == request.parameters);
}

TEST_CASE("tunnel: a broken request is refused", "[tunnel]") {
    const auto line = GENERATE(
        as<std::string>(),
        "[]",
        R"({"kind":"log"})",
        R"({"id":"a","kind":"log","parameters":[["x"]]})");
    CAPTURE(line);
    CHECK_FALSE(parse_stream_request(Json::parse(line)).has_value());
}

TEST_CASE("tunnel: a reply is a content type or the failure itself", "[tunnel]") {
    const auto good = parse_stream_reply(to_json(StreamReply{.content_type = "text/x"}));
    REQUIRE(good.has_value());
    CHECK(good->content_type == "text/x");
    CHECK_FALSE(good->failure);

    const auto bad =
        parse_stream_reply(to_json(StreamReply{.failure = not_found_error("pods", "x")}));
    REQUIRE(bad.has_value());
    REQUIRE(bad->failure);
    CHECK(bad->failure->reason == Reason::NotFound);
    CHECK_FALSE(parse_stream_reply(Json::object()).has_value());
}

TEST_CASE("tunnel: a line of the control stream reads as it was written", "[tunnel]") {
    using namespace control_line;
    StreamRequest request;
    request.id = "a";
    request.kind = "log";
    const std::vector<ControlLine> lines{
        KeepAlive{}, Session{"s\"1"}, WatchLines{"7", 3}, WatchEnd{"7"}, request};
    const auto& line = lines.at(GENERATE(range(0U, 5U)));
    const auto text = text_of(line);
    CAPTURE(text);
    CHECK(text.find('\n') == text.size() - 1);
    const auto parsed = parse_control_line(text);
    REQUIRE(parsed.has_value());
    CHECK(parsed->index() == line.index());
    CHECK(text_of(*parsed) == text);
}

TEST_CASE("tunnel: a broken control line is refused", "[tunnel]") {
    const auto line = GENERATE(
        as<std::string>(), "", "nonsense", "[]", R"({"watch":"7","lines":-1})", R"({"x":1})");
    CAPTURE(line);
    CHECK_FALSE(parse_control_line(line).has_value());
}

TEST_CASE("tunnel: a watch to carry names session, id and target", "[tunnel]") {
    const CarriedWatch watch{"s", "7", "/api/v1/pods?watch=true"};
    const auto parsed = parse_carried_watch(to_json(watch));
    REQUIRE(parsed.has_value());
    CHECK(to_json(*parsed) == to_json(watch));

    auto broken = to_json(watch);
    SECTION("no session") {
        broken["session"] = "";
    }
    SECTION("no id") {
        broken["id"] = "";
    }
    SECTION("an id that is no word") {
        broken["id"] = "7\n";
    }
    SECTION("a long id") {
        broken["id"] = std::string(33, '7');
    }
    SECTION("no target") {
        broken.erase("target");
    }
    SECTION("no object") {
        broken = Json::array();
    }
    CHECK_FALSE(parse_carried_watch(broken).has_value());
}

}  // namespace
}  // namespace picket
