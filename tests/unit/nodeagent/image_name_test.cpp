#include "nodeagent/runtime/image_name.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace picket::nodeagent {
namespace {

TEST_CASE("Image name: repository, and a tag or digest that is always there", "[nodeagent]") {
    struct Row {
        std::string text;
        std::string repository;
        std::string version;
    };
    const std::string digest = "sha256:" + std::string(64, 'a');
    const auto row = GENERATE_COPY(
        Row{"nginx", "nginx", "latest"},
        Row{"nginx:1.25", "nginx", "1.25"},
        Row{"localhost:5000/a/b", "localhost:5000/a/b", "latest"},
        Row{"localhost:5000/a/b:v1", "localhost:5000/a/b", "v1"},
        Row{"quay.io/x/y@" + digest, "quay.io/x/y", digest},
        Row{"quay.io/x/y:v1@" + digest, "quay.io/x/y", digest});
    CAPTURE(row.text);
    const auto name = parse_image_name(row.text);
    REQUIRE(name);
    CHECK(name->repository == row.repository);
    CHECK(name->version() == row.version);
}

TEST_CASE("Image name: what is none", "[nodeagent]") {
    const std::string text =
        GENERATE("", "UPPER", "a b", "a:", "a/:x", "-a", "a@sha256:12", "a//b", "a:b c");
    CAPTURE(text);
    CHECK_FALSE(parse_image_name(text));
}

}  // namespace
}  // namespace picket::nodeagent
