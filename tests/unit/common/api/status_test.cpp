#include "common/api/status.hpp"

#include "common/base/field_error.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace picket {
namespace {

TEST_CASE("status: a missing object names its plural resource and group", "[status]") {
    const auto status = to_status(not_found_error("daemonsets.apps", "x"));
    CHECK(status == Json::parse(R"({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": "daemonsets.apps \"x\" not found", "reason": "NotFound", "code": 404,
        "details": {"name": "x", "group": "apps", "kind": "daemonsets"}})"));
    CHECK(
        to_status(not_found_error("pods", "x"))["details"] ==
        Json::parse(R"({"name":"x","kind":"pods"})"));
}

TEST_CASE("status: an invalid object lists every cause once", "[status]") {
    const auto error = invalid_error(
        "apps",
        "DaemonSet",
        "x",
        {field::required("spec.template"),
         field::invalid("spec.minReadySeconds", -1, "must be greater than or equal to 0"),
         field::required("spec.template")});
    CHECK(
        error.message ==
        "DaemonSet.apps \"x\" is invalid: [spec.template: Required value, spec.minReadySeconds: "
        "Invalid value: -1: "
        "must be greater than or equal to 0]");
    const auto status = to_status(error);
    CHECK(status["code"] == 422);
    CHECK(status["details"]["kind"] == "DaemonSet");
    REQUIRE(status["details"]["causes"].size() == 2);
    CHECK(
        status["details"]["causes"][0] ==
        Json::parse(
            R"({"reason":"FieldValueRequired","message":"Required value","field":"spec.template"})"));
}

TEST_CASE("status: one cause stands without brackets, a core kind without group", "[status]") {
    CHECK(
        invalid_error("", "Pod", "x", {field::required("spec.containers")}).message ==
        "Pod \"x\" is invalid: spec.containers: Required value");
}

TEST_CASE("status: a stale write says what to do", "[status]") {
    CHECK(
        conflict_error("daemonsets.apps", "x").message ==
        "Operation cannot be fulfilled on daemonsets.apps \"x\": the object has been modified; "
        "please apply your "
        "changes to the latest version and try again");
    CHECK(http_status(already_exists_error("pods", "x").reason) == 409);
}

TEST_CASE("status: what was written is read back", "[status]") {
    auto error = invalid_error("", "Pod", "x", {field::duplicate("spec.containers[1].name", "a")});
    error.uid = "u";
    error.retry_after_seconds = 3;
    error.causes.push_back({CauseType::Other, ".spec", "owned by b", "FieldManagerConflict"});
    CHECK(to_status(from_status(to_status(error))) == to_status(error));
}

TEST_CASE("status: the reason decides, then the code in the body", "[status]") {
    CHECK(
        from_status(Json::parse(R"({"kind":"Status","reason":"Gone","code":410})")).reason ==
        Reason::Expired);
    CHECK(from_status(Json::parse(R"({"kind":"Status","code":409})")).reason == Reason::Conflict);
    CHECK(
        error_from_response(500, R"({"kind":"Status","code":404,"message":"m"})").reason ==
        Reason::NotFound);
}

TEST_CASE("status: an answer without a Status is judged by its code", "[status]") {
    const auto error = error_from_response(503, "<html>upstream down</html>");
    CHECK(error.reason == Reason::ServiceUnavailable);
    CHECK_THAT(error.message, Catch::Contains("upstream down"));
}

}  // namespace
}  // namespace picket
