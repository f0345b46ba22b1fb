#include "apiserver/routes/openapi_protobuf.hpp"

#include "apiserver/routes/protobuf_wire.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::apiserver;

namespace {

/// The fields of that number, in order, at the end of a path of such numbers.
std::vector<std::string> texts_at(std::string_view bytes, std::vector<std::uint32_t> path) {
    const auto wanted = path.front();
    path.erase(path.begin());
    std::vector<std::string> found;
    WireReader reader(bytes);
    while (const auto field = reader.next()) {
        if (field->number != wanted) continue;
        if (path.empty()) {
            found.emplace_back(field->bytes);
        } else {
            for (auto& text : texts_at(field->bytes, path)) found.push_back(std::move(text));
        }
    }
    REQUIRE(!reader.failed());
    return found;
}

using Texts = std::vector<std::string>;

const Json kDocument = Json::parse(R"({
    "swagger": "2.0", "info": {"title": "t", "version": "1"},
    "paths": {"/api/v1/things/{name}": {
        "parameters": [{"name": "name", "in": "path", "required": true, "type": "string"}],
        "patch": {
            "parameters": [{"name": "dryRun", "in": "query", "type": "string"}],
            "responses": {"200": {"description": "OK"}},
            "x-kubernetes-action": "patch"}}},
    "definitions": {"Thing": {
        "type": "object", "description": "A thing.", "required": ["parts"],
        "properties": {
            "kind": {"type": "string", "enum": ["a", "b"], "default": "a"},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "parts": {"type": "array", "items": {"$ref": "#/definitions/Part"}}},
        "x-kubernetes-group-version-kind": [{"kind": "Thing"}]}}})");

}  // namespace

TEST_CASE("OpenAPI protobuf: the paths with their parameters and answers", "[routes]") {
    const auto bytes = encode_openapi(kDocument);
    CHECK(texts_at(bytes, {1}) == Texts{"2.0"});
    CHECK(texts_at(bytes, {2, 1}) == Texts{"t"});
    CHECK(texts_at(bytes, {8, 2, 1}) == Texts{"/api/v1/things/{name}"});
    // PathItem.parameters, ParametersItem, Parameter, NonBodyParameter, PathParameterSubSchema.
    CHECK(texts_at(bytes, {8, 2, 2, 9, 1, 2, 4, 4}) == Texts{"name"});
    CHECK(texts_at(bytes, {8, 2, 2, 8, 8, 1, 2, 3, 4}) == Texts{"dryRun"});
    CHECK(texts_at(bytes, {8, 2, 2, 8, 9, 1, 1}) == Texts{"200"});
    CHECK(texts_at(bytes, {8, 2, 2, 8, 13, 2, 2}) == Texts{"\"patch\""});
}

TEST_CASE("OpenAPI protobuf: the definitions with their properties", "[routes]") {
    const auto bytes = encode_openapi(kDocument);
    CHECK(texts_at(bytes, {9, 1, 1}) == Texts{"Thing"});
    CHECK(texts_at(bytes, {9, 1, 2, 4}) == Texts{"A thing."});
    CHECK(texts_at(bytes, {9, 1, 2, 19}) == Texts{"parts"});
    CHECK(texts_at(bytes, {9, 1, 2, 22, 1}) == Texts{"object"});
    CHECK(texts_at(bytes, {9, 1, 2, 31, 2, 2}) == Texts{R"([{"kind":"Thing"}])"});
    CHECK(texts_at(bytes, {9, 1, 2, 25, 1, 1}) == Texts{"kind", "labels", "parts"});
    CHECK(texts_at(bytes, {9, 1, 2, 25, 1, 2, 5, 2}) == Texts{"\"a\""});
    CHECK(texts_at(bytes, {9, 1, 2, 25, 1, 2, 20, 2}) == Texts{"\"a\"", "\"b\""});
    CHECK(texts_at(bytes, {9, 1, 2, 25, 1, 2, 21, 1, 22, 1}) == Texts{"string"});
    CHECK(texts_at(bytes, {9, 1, 2, 25, 1, 2, 23, 1, 1}) == Texts{"#/definitions/Part"});
}

TEST_CASE("OpenAPI protobuf: long texts have a length of several bytes", "[routes]") {
    auto document = kDocument;
    const std::string text(300, 'x');
    document["definitions"]["Thing"]["description"] = text;
    CHECK(texts_at(encode_openapi(document), {9, 1, 2, 4}) == Texts{text});
}
