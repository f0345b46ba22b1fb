#include "apiserver/routes/selection.hpp"

#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::apiserver;

namespace {

const Resource& pod_resource() {
    return *find_resource("v1", "pods");
}

Result<storage::Filter> filter(
    const std::string& namespace_name, std::string_view fields, std::string_view labels = {}) {
    ListOptions options;
    options.field_selector = *parse_field_selector(fields);
    options.label_selector = *LabelSelector::parse(labels);
    return make_filter(pod_resource(), namespace_name, options);
}

storage::StoredObject a_pod(std::string name, std::string node, std::string phase) {
    storage::StoredObject pod;
    pod.key = {"pods", "default", std::move(name)};
    pod.attributes.fields = {
        {"spec.nodeName", std::move(node)}, {"status.phase", std::move(phase)}};
    pod.attributes.labels = {{"app", "web"}};
    return pod;
}

}  // namespace

TEST_CASE("Selection: exact matches use the store's indexes", "[selection]") {
    const auto made = filter("", "metadata.name=p1,metadata.namespace=default,spec.nodeName=n1");
    REQUIRE(made);
    CHECK(made->name == "p1");
    CHECK(made->namespace_name == "default");
    REQUIRE(made->field);
    CHECK(made->field->second == "n1");
    CHECK_FALSE(made->predicate);
}

TEST_CASE("Selection: what describe node asks", "[selection]") {
    const auto made = filter("", "spec.nodeName=n1,status.phase!=Succeeded,status.phase!=Failed");
    REQUIRE(made);
    REQUIRE(made->predicate);
    CHECK(made->predicate(a_pod("a", "n1", "Running")));
    CHECK_FALSE(made->predicate(a_pod("b", "n1", "Failed")));
}

TEST_CASE("Selection: an empty value selects objects without one", "[selection]") {
    const auto made = filter("", "spec.nodeName=");
    REQUIRE(made);
    REQUIRE(made->predicate);
    CHECK(made->predicate(a_pod("a", "", "Pending")));
    CHECK_FALSE(made->predicate(a_pod("b", "n1", "Running")));
}

TEST_CASE("Selection: two names cannot both hold", "[selection]") {
    const auto made = filter("default", "metadata.name=a,metadata.name=b");
    REQUIRE(made);
    REQUIRE(made->predicate);
    CHECK_FALSE(made->predicate(a_pod("a", "n1", "Running")));
    const auto elsewhere = filter("default", "metadata.namespace=other");
    REQUIRE(elsewhere);
    REQUIRE(elsewhere->predicate);
    CHECK_FALSE(elsewhere->predicate(a_pod("a", "n1", "Running")));
}

TEST_CASE("Selection: labels are asked for by predicate", "[selection]") {
    const auto made = filter("", "", "app in (web, db),!legacy");
    REQUIRE(made);
    REQUIRE(made->predicate);
    CHECK(made->predicate(a_pod("a", "n1", "Running")));
    CHECK_FALSE(filter("", "", "app=db")->predicate(a_pod("a", "n1", "Running")));
}

TEST_CASE("Selection: an unknown field is named in the refusal", "[selection]") {
    const auto made = filter("", "spec.colour=red");
    REQUIRE_FALSE(made);
    CHECK(made.error().reason == Reason::BadRequest);
    CHECK(made.error().message == "field label not supported: spec.colour");
}

TEST_CASE("Continue token: survives the way there and back", "[selection]") {
    const auto token = decode_continue_token(encode_continue_token({42, "default", "web-x?>"}));
    REQUIRE(token);
    CHECK(token->revision == 42);
    CHECK(token->namespace_name == "default");
    CHECK(token->name == "web-x?>");
}

TEST_CASE("Continue token: anything else is refused", "[selection]") {
    const auto text = GENERATE("x", "e30=", "eyJ2IjoyfQ==", "eyJ2IjoxfQ==", "AAAA");
    CAPTURE(text);
    const auto token = decode_continue_token(text);
    REQUIRE_FALSE(token);
    CHECK(token.error().reason == Reason::BadRequest);
}
