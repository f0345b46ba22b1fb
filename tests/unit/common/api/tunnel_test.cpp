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

}  // namespace
}  // namespace picket
