#include "apiserver/routes/object_draft.hpp"

#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::apiserver;

namespace {

const registry::RequestContext kContext{"apps/v1", "admin", {}};

ObjectIdentity a_set(std::string name = {}) {
    return {*find_resource("apps/v1", "daemonsets"), "apps/v1", "default", std::move(name)};
}

Json body() {
    return {
        {"metadata", {{"name", "web"}}},
        {"spec",
         {{"template",
           {{"metadata", {{"labels", {{"app", "web"}}}}},
            {"spec", {{"containers", {{{"name", "c"}, {"image", "busybox"}}}}}}}}}}};
}

Result<Draft> draft(
    Json document, FieldValidation validation, std::vector<std::string> duplicates = {}) {
    return draft_object(
        a_set(), {std::move(document), std::move(duplicates)}, {false, validation, true}, kContext);
}

}  // namespace

TEST_CASE("Identity: what the body leaves out comes from the URL", "[object_draft]") {
    auto document = body();
    REQUIRE(match_identity(a_set(), document));
    CHECK(document["kind"] == "DaemonSet");
    CHECK(document["apiVersion"] == "apps/v1");
    CHECK(document["metadata"]["namespace"] == "default");
}

TEST_CASE("Identity: what contradicts the URL is refused", "[object_draft]") {
    const auto patch = GENERATE(
        Json{{"kind", "Pod"}},
        Json{{"apiVersion", "v1"}},
        Json{{"metadata", {{"namespace", "other"}}}},
        Json{{"metadata", {{"name", "other"}}}},
        Json{{"metadata", 7}});
    CAPTURE(patch.dump());
    auto document = body();
    document.merge_patch(patch);
    const auto matched = match_identity(a_set("web"), document);
    REQUIRE_FALSE(matched);
    CHECK(matched.error().reason == Reason::BadRequest);
}

TEST_CASE("Draft: defaults are filled in", "[object_draft]") {
    const auto made = draft(body(), FieldValidation::Strict);
    REQUIRE(made);
    CHECK(made->errors.empty());
    CHECK(made->object["spec"]["updateStrategy"]["type"] == "RollingUpdate");
    CHECK(made->object["spec"]["selector"]["matchLabels"]["app"] == "web");
}

TEST_CASE("Draft: an unknown field is refused, warned of or dropped", "[object_draft]") {
    auto document = body();
    document["spec"]["template"]["spec"]["containers"][0]["bogus"] = 1;
    const std::string path = "spec.template.spec.containers[0].bogus";
    const auto strict = draft(document, FieldValidation::Strict);
    REQUIRE_FALSE(strict);
    CHECK(
        strict.error().message ==
        "DaemonSet in version \"v1\" cannot be handled as a DaemonSet: strict decoding error: "
        "unknown "
        "field \"" +
            path + "\"");
    const auto warned = draft(document, FieldValidation::Warn);
    REQUIRE(warned);
    CHECK(warned->warnings == std::vector<std::string>{"unknown field \"" + path + "\""});
    const auto ignored = draft(document, FieldValidation::Ignore);
    REQUIRE(ignored);
    CHECK(ignored->warnings.empty());
    CHECK(ignored->object.dump().find("bogus") == std::string::npos);
}

TEST_CASE("Draft: duplicate keys count as strictness problems", "[object_draft]") {
    CHECK_FALSE(draft(body(), FieldValidation::Strict, {"spec.x"}));
    const auto warned = draft(body(), FieldValidation::Warn, {"spec.x"});
    REQUIRE(warned);
    CHECK(warned->warnings == std::vector<std::string>{"duplicate field \"spec.x\""});
}

TEST_CASE("Draft: a value of the wrong type cannot be decoded", "[object_draft]") {
    auto document = body();
    document["spec"]["minReadySeconds"] = "soon";
    const auto made = draft(document, FieldValidation::Ignore);
    REQUIRE_FALSE(made);
    CHECK(made.error().reason == Reason::BadRequest);
    CHECK_THAT(made.error().message, Catch::Contains("spec.minReadySeconds"));
}
