#include "apiserver/routes/negotiation.hpp"

#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::apiserver;

namespace {

Result<Accepted> accept(std::string header) {
    return negotiate({{"Accept", std::move(header)}});
}

}  // namespace

TEST_CASE("Negotiation: kubectl's Table request is understood", "[negotiation]") {
    const auto accepted = accept(
        "application/json;as=Table;v=v1;g=meta.k8s.io,application/"
        "json;as=Table;v=v1beta1;g=meta.k8s.io,"
        "application/json");
    REQUIRE(accepted);
    CHECK(accepted->shape == Shape::Table);
    CHECK(accepted->version == "v1");
}

TEST_CASE("Negotiation: an older client asks for v1beta1 alone", "[negotiation]") {
    const auto accepted = accept("application/json; as=Table; g=meta.k8s.io; v=v1beta1");
    REQUIRE(accepted);
    CHECK(accepted->version == "v1beta1");
}

TEST_CASE("Negotiation: JSON answers every client that takes it at all", "[negotiation]") {
    const auto header = GENERATE(
        "application/json",
        "application/json, */*",
        "application/vnd.kubernetes.protobuf, */*",
        "application/vnd.kubernetes.protobuf,application/json",
        "application/json, */*;q=0.8",
        "*/*");
    CAPTURE(header);
    const auto accepted = accept(header);
    REQUIRE(accepted);
    CHECK(accepted->shape == Shape::Object);
}

TEST_CASE("Negotiation: no Accept header takes anything", "[negotiation]") {
    const auto accepted = negotiate({});
    REQUIRE(accepted);
    CHECK(accepted->shape == Shape::Object);
}

TEST_CASE("Negotiation: partial metadata, alone and as list", "[negotiation]") {
    for (const auto* as : {"PartialObjectMetadata", "PartialObjectMetadataList"}) {
        const auto accepted = accept(std::string("application/json;g=meta.k8s.io;v=v1;as=") + as);
        REQUIRE(accepted);
        CHECK(accepted->shape == Shape::PartialMetadata);
    }
}

TEST_CASE("Negotiation: a client that takes nothing we have gets 406", "[negotiation]") {
    const auto header = GENERATE(
        "application/vnd.kubernetes.protobuf",
        "text/html",
        "application/json;as=Table;v=v9;g=meta.k8s.io");
    CAPTURE(header);
    const auto accepted = accept(header);
    REQUIRE_FALSE(accepted);
    CHECK(accepted.error().reason == Reason::NotAcceptable);
}

TEST_CASE("Negotiation: aggregated discovery only where it is asked for", "[negotiation]") {
    const auto modern = negotiate_discovery(
        {{"Accept",
          "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/"
          "json"}});
    REQUIRE(modern);
    CHECK(modern->shape == Shape::AggregatedDiscovery);
    CHECK(modern->version == "v2");
    const auto legacy = negotiate_discovery({{"Accept", "application/json"}});
    REQUIRE(legacy);
    CHECK(legacy->shape == Shape::Object);
}

TEST_CASE("Negotiation: the media type is taken without parameters and case", "[negotiation]") {
    CHECK(media_type({{"Content-Type", "Application/JSON; charset=utf-8"}}) == "application/json");
    CHECK(media_type({}).empty());
}

TEST_CASE("Negotiation: YAML where it stands before JSON", "[negotiation]") {
    struct Row {
        const char* accept;
        bool yaml;
    };
    const auto row = GENERATE(
        Row{"application/yaml", true},
        Row{"application/yaml, application/json", true},
        Row{"application/json, application/yaml", false},
        Row{"text/html, application/yaml;q=0.5", true},
        Row{"*/*", false},
        Row{"", false});
    CAPTURE(row.accept);
    CHECK(wants_yaml({{"Accept", row.accept}}) == row.yaml);
    CHECK(accept(row.accept));
}

TEST_CASE(
    "Negotiation: the whole schema as protobuf for who names it, else as JSON", "[negotiation]") {
    const auto old = negotiate_openapi_v2(
        {{"Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"}});
    REQUIRE(old);
    CHECK(*old);
    const auto any = negotiate_openapi_v2({{"Accept", "*/*"}});
    REQUIRE(any);
    CHECK_FALSE(*any);
    CHECK_FALSE(negotiate_openapi_v2({{"Accept", "text/html"}}));
}
