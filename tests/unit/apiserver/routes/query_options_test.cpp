#include "apiserver/routes/query_options.hpp"

#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::apiserver;
using registry::Propagation;

namespace {

http::Url url(std::string_view query) {
    const auto parsed = http::parse_target(std::string("/x?").append(query));
    REQUIRE(parsed);
    return *parsed;
}

Reason list_failure(std::string_view query) {
    const auto options = parse_list_options(url(query), Reading::List);
    REQUIRE_FALSE(options);
    return options.error().reason;
}

}  // namespace

TEST_CASE("Write options: dryRun and fieldValidation", "[query_options]") {
    const auto none = parse_write_options(url(""));
    REQUIRE(none);
    CHECK_FALSE(none->dry_run);
    CHECK(none->field_validation == FieldValidation::Warn);
    CHECK_FALSE(none->field_validation_named);
    const auto both = parse_write_options(url("dryRun=All&fieldValidation=Strict&fieldManager=x"));
    REQUIRE(both);
    CHECK(both->dry_run);
    CHECK(both->field_validation == FieldValidation::Strict);
    CHECK_FALSE(parse_write_options(url("dryRun=Some")));
    CHECK_FALSE(parse_write_options(url("fieldValidation=Hard")));
}

TEST_CASE("List options: selectors, paging and versions", "[query_options]") {
    const auto options = parse_list_options(
        url("labelSelector=app%3Dweb&fieldSelector=spec.nodeName%3Dn1&limit=500&resourceVersion=7&"
            "resourceVersionMatch=Exact&timeoutSeconds=30&allowWatchBookmarks=true"),
        Reading::List);
    REQUIRE(options);
    CHECK(options->label_selector.matches({{"app", "web"}}));
    CHECK_FALSE(options->label_selector.matches({{"app", "db"}}));
    REQUIRE(options->field_selector.size() == 1);
    CHECK(options->limit == 500);
    CHECK(options->resource_version == 7);
    CHECK(options->version_match == VersionMatch::Exact);
    CHECK(options->timeout == std::chrono::seconds(30));
    CHECK(options->allow_bookmarks);
}

TEST_CASE("List options: an absent resourceVersion differs from 0", "[query_options]") {
    CHECK_FALSE(parse_list_options(url(""), Reading::List)->resource_version.has_value());
    CHECK(parse_list_options(url("resourceVersion=0"), Reading::List)->resource_version == 0);
}

TEST_CASE("List options: what contradicts itself is refused", "[query_options]") {
    CHECK(list_failure("resourceVersion=abc") == Reason::BadRequest);
    CHECK(list_failure("limit=-1") == Reason::BadRequest);
    CHECK(list_failure("labelSelector=%3D%3D%3D") == Reason::BadRequest);
    CHECK(list_failure("resourceVersionMatch=Exact") == Reason::Invalid);
    CHECK(list_failure("resourceVersion=0&resourceVersionMatch=Exact") == Reason::Invalid);
    CHECK(list_failure("resourceVersion=1&resourceVersionMatch=Sometimes") == Reason::Invalid);
    CHECK(list_failure("continue=x&resourceVersion=7") == Reason::BadRequest);
    CHECK(
        list_failure("sendInitialEvents=true&resourceVersionMatch=NotOlderThan") ==
        Reason::Invalid);
    CHECK(parse_list_options(url("continue=x&resourceVersion=0"), Reading::List));
}

TEST_CASE(
    "List options: a watch takes a version match with sendInitialEvents alone", "[query_options]") {
    const auto* query = GENERATE(
        "sendInitialEvents=true",
        "sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=7",
        "resourceVersionMatch=NotOlderThan&resourceVersion=7");
    CAPTURE(query);
    const auto options = parse_list_options(url(query), Reading::Watch);
    REQUIRE_FALSE(options);
    CHECK(options.error().causes.at(0).field == "resourceVersionMatch");
}

TEST_CASE("List options: a streaming list names no version or one", "[query_options]") {
    const auto options = parse_list_options(
        url("sendInitialEvents=true&resourceVersionMatch=NotOlderThan"), Reading::Watch);
    REQUIRE(options);
    CHECK(options->send_initial_events == true);
}

TEST_CASE("Delete options: body and query say the same things", "[query_options]") {
    const auto from_body = parse_delete_options(
        url(""),
        {{"propagationPolicy", "Orphan"},
         {"gracePeriodSeconds", 5},
         {"preconditions", {{"uid", "u"}, {"resourceVersion", "3"}}},
         {"dryRun", {"All"}}});
    REQUIRE(from_body);
    CHECK(from_body->propagation == Propagation::Orphan);
    CHECK(from_body->grace_period_seconds == 5);
    CHECK(from_body->precondition_uid == "u");
    CHECK(from_body->precondition_resource_version == "3");
    CHECK(from_body->dry_run);
    const auto from_query =
        parse_delete_options(url("propagationPolicy=Foreground&gracePeriodSeconds=0"), nullptr);
    REQUIRE(from_query);
    CHECK(from_query->propagation == Propagation::Foreground);
    CHECK(from_query->grace_period_seconds == 0);
}

TEST_CASE("Delete options: the legacy orphanDependents", "[query_options]") {
    CHECK(
        parse_delete_options(url(""), {{"orphanDependents", true}})->propagation ==
        Propagation::Orphan);
    CHECK(
        parse_delete_options(url("orphanDependents=False"), Json::object())->propagation ==
        Propagation::Background);
    const auto both = parse_delete_options(
        url(""), {{"orphanDependents", true}, {"propagationPolicy", "Orphan"}});
    REQUIRE_FALSE(both);
    CHECK(both.error().reason == Reason::Invalid);
}

TEST_CASE("Delete options: an unknown policy is not supported", "[query_options]") {
    const auto options = parse_delete_options(url(""), {{"propagationPolicy", "Sideways"}});
    REQUIRE_FALSE(options);
    REQUIRE(options.error().causes.size() == 1);
    CHECK(options.error().causes[0].field == "propagationPolicy");
    CHECK(options.error().causes[0].type == CauseType::NotSupported);
}

TEST_CASE("Delete options: what is misunderstood deletes nothing", "[query_options]") {
    const auto* body = GENERATE(
        R"([])",
        R"("x")",
        R"({"kind": "Pod"})",
        R"({"dryRun": "All"})",
        R"({"preconditions": {"uid": 5}})",
        R"({"gracePeriodSeconds": "5"})",
        R"({"orphanDependents": "true"})");
    CAPTURE(body);
    const auto options = parse_delete_options(url(""), Json::parse(body));
    REQUIRE_FALSE(options);
    CHECK(options.error().reason == Reason::BadRequest);
    CHECK_THAT(options.error().message, Catch::Contains("DeleteOptions"));
}

TEST_CASE("Delete options: a negative grace is the shortest", "[query_options]") {
    CHECK(parse_delete_options(url(""), {{"gracePeriodSeconds", -3}})->grace_period_seconds == 1);
}
