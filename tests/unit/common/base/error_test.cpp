#include "common/base/error.hpp"

#include "common/base/field_error.hpp"
#include "common/base/result.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <memory>

using namespace picket;

namespace {

constexpr Reason kFirst = Reason::BadRequest;
constexpr Reason kLast = Reason::Timeout;

}  // namespace

TEST_CASE("Reason: names and codes lead back to it", "[error]") {
    for (int i = static_cast<int>(kFirst); i <= static_cast<int>(kLast); ++i) {
        const auto reason = static_cast<Reason>(i);
        CAPTURE(reason_name(reason));
        REQUIRE(parse_reason(reason_name(reason)) == reason);
        REQUIRE(http_status(reason_for_http_status(http_status(reason))) == http_status(reason));
    }
}

TEST_CASE("Reason: a code without a Status has one meaning", "[error]") {
    REQUIRE(reason_for_http_status(409) == Reason::Conflict);
    REQUIRE(reason_for_http_status(418) == Reason::BadRequest);
    REQUIRE(reason_for_http_status(599) == Reason::InternalError);
    REQUIRE(parse_reason("Gone") == Reason::Expired);
    REQUIRE_FALSE(parse_reason("Sunny").has_value());
}

TEST_CASE("FieldError: says what Kubernetes says", "[error]") {
    REQUIRE(field::required("spec.selector").message == "Required value");
    REQUIRE(field::required("spec.selector", "why").message == "Required value: why");
    REQUIRE(
        field::invalid("a", -1, "must be positive").message ==
        "Invalid value: -1: must be positive");
    REQUIRE(field::invalid("a", "x y", "bad").message == "Invalid value: \"x y\": bad");
    REQUIRE(
        field::not_supported("a", "C", {"A", "B"}).message ==
        "Unsupported value: \"C\": supported values: \"A\", \"B\"");
    REQUIRE(field::forbidden("a", "immutable").message == "Forbidden: immutable");
    REQUIRE(field::duplicate("a", 80).message == "Duplicate value: 80");
    REQUIRE(cause_name(field::not_supported("a", "C", {"A"})) == "FieldValueNotSupported");
}

TEST_CASE("FieldError: paths are put together", "[error]") {
    REQUIRE(field::child("", "spec") == "spec");
    REQUIRE(field::child("spec", "selector") == "spec.selector");
    REQUIRE(field::index("spec.containers", 0) == "spec.containers[0]");
    REQUIRE(field::key("metadata.labels", "a.b/c") == "metadata.labels[a.b/c]");
}

TEST_CASE("Result: holds a value or an Error", "[error]") {
    const Result<int> value = 7;
    const Result<int> failure = Error{Reason::NotFound, "gone"};
    REQUIRE(*value == 7);
    REQUIRE(failure.error().message == "gone");
    REQUIRE(Ok().has_value());
    Result<std::unique_ptr<int>> moved = std::make_unique<int>(3);
    REQUIRE(**moved == 3);
}

TEST_CASE("Result: a Json is a value, whatever it could convert to", "[error]") {
    const Result<Json> document = Json{{"reason", "NotFound"}};
    REQUIRE(document.has_value());
    REQUIRE(document->at("reason") == "NotFound");
}
