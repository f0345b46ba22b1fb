#include "common/schema/schema.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <random>

namespace picket::embedded {
/// Documents and patches made at random, one case a line, with what `kubectl patch --local
/// --type=strategic` (1.32) made of them: its result, less the directives and nulls that decoding
/// drops, or the fact that it refused.
extern const std::string_view strategic_merge_cases_json;
}  // namespace picket::embedded

namespace picket::schema {
namespace {

const Type& type_of(const Json& document) {
    const Type* type =
        find_kind(document["apiVersion"].get<std::string>(), document["kind"].get<std::string>());
    REQUIRE(type != nullptr);
    return *type;
}

Json merged(const Json& document, const Json& patch) {
    auto result = strategic_merge(type_of(document), document, patch);
    REQUIRE(result.has_value());
    drop_nulls(*result);
    return *result;
}

TEST_CASE("Strategic merge: agrees with kubectl on recorded cases", "[schema]") {
    const Json cases = Json::parse(embedded::strategic_merge_cases_json);
    REQUIRE(cases.size() > 100);
    for (const auto& one : cases) {
        CAPTURE(one["document"].dump(), one["patch"].dump());
        if (one.contains("error")) {
            const auto result =
                strategic_merge(type_of(one["document"]), one["document"], one["patch"]);
            REQUIRE(result.has_error());
            CHECK(result.error().reason == Reason::BadRequest);
        } else {
            CHECK(merged(one["document"], one["patch"]) == one["result"]);
        }
    }
}

Json pod(const std::string& metadata, const std::string& spec) {
    return {
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata", Json::parse(metadata)},
        {"spec", Json::parse(spec)}};
}

struct StrategicRow {
    std::string name;
    std::string metadata;
    std::string patch;
    std::string result;
};

TEST_CASE("Strategic merge: lists of words", "[schema]") {
    const auto row = GENERATE(values<StrategicRow>({
        {"union, new first",
         R"({"finalizers":["a","b"]})",
         R"({"finalizers":["n"]})",
         R"({"finalizers":["n","a","b"]})"},
        {"the patch gives the order",
         R"({"finalizers":["a","b"]})",
         R"({"finalizers":["c","a"]})",
         R"({"finalizers":["c","a","b"]})"},
        {"$setElementOrder alone",
         R"({"finalizers":["a","b","c"]})",
         R"({"$setElementOrder/finalizers":["c","n","a"]})",
         R"({"finalizers":["b","c","a"]})"},
        {"$setElementOrder with something new",
         R"({"finalizers":["a","b","c"]})",
         R"({"finalizers":["n"],"$setElementOrder/finalizers":["c","n","a"]})",
         R"({"finalizers":["b","c","n","a"]})"},
        {"$deleteFromPrimitiveList",
         R"({"finalizers":["a","b"]})",
         R"({"$deleteFromPrimitiveList/finalizers":["a","z"]})",
         R"({"finalizers":["b"]})"},
        {"null removes the list", R"({"finalizers":["a"]})", R"({"finalizers":null})", R"({})"},
        {"directives on a list that does not exist",
         R"({})",
         R"({"$setElementOrder/finalizers":["a"],"$deleteFromPrimitiveList/finalizers":["b"]})",
         R"({})"},
    }));
    CAPTURE(row.name);
    const Json patch = {{"metadata", Json::parse(row.patch)}};
    const Json result = merged(pod(row.metadata, "{}"), patch);
    CHECK(result["metadata"] == Json::parse(row.result));
}

TEST_CASE("Strategic merge: maps and their directives", "[schema]") {
    const auto row = GENERATE(values<StrategicRow>({
        {"key by key",
         R"({"labels":{"a":"1","b":"2"}})",
         R"({"labels":{"a":null,"c":"3"}})",
         R"({"labels":{"b":"2","c":"3"}})"},
        {"$patch replace",
         R"({"labels":{"a":"1"}})",
         R"({"labels":{"$patch":"replace","b":"2"}})",
         R"({"labels":{"b":"2"}})"},
        {"$patch delete",
         R"({"labels":{"a":"1"}})",
         R"({"labels":{"$patch":"delete","b":"2"}})",
         R"({"labels":{}})"},
        {"$patch on what does not exist does nothing",
         R"({})",
         R"({"labels":{"$patch":"replace","b":"2"}})",
         R"({})"},
        {"nulls of a new map are dropped",
         R"({})",
         R"({"labels":{"a":null,"b":"2"}})",
         R"({"labels":{"b":"2"}})"},
        {"another type replaces",
         R"({"labels":{"a":"1"}})",
         R"({"labels":["x"]})",
         R"({"labels":["x"]})"},
    }));
    CAPTURE(row.name);
    const Json patch = {{"metadata", Json::parse(row.patch)}};
    CHECK(merged(pod(row.metadata, "{}"), patch)["metadata"] == Json::parse(row.result));
}

struct SpecRow {
    std::string name;
    std::string spec;
    std::string patch;
    std::string result;
};

TEST_CASE("Strategic merge: lists with a merge key", "[schema]") {
    const auto row = GENERATE(values<SpecRow>({
        {"an element merges into its namesake",
         R"({"containers":[{"name":"a","image":"x"},{"name":"b","image":"y"}]})",
         R"({"containers":[{"name":"b","image":"z"}]})",
         R"({"containers":[{"name":"a","image":"x"},{"name":"b","image":"z"}]})"},
        {"a new element goes first",
         R"({"containers":[{"name":"a"}]})",
         R"({"containers":[{"name":"n"}]})",
         R"({"containers":[{"name":"n"},{"name":"a"}]})"},
        {"$patch delete removes one",
         R"({"containers":[{"name":"a"},{"name":"b"}]})",
         R"({"containers":[{"name":"a","$patch":"delete"}]})",
         R"({"containers":[{"name":"b"}]})"},
        {"$patch replace makes the rest the list",
         R"({"containers":[{"name":"a"},{"name":"b"}]})",
         R"({"containers":[{"$patch":"replace"},{"name":"c"}]})",
         R"({"containers":[{"name":"c"}]})"},
        {"the first of two equal keys is merged",
         R"({"containers":[{"name":"a","ports":[{"containerPort":53,"protocol":"TCP"},{"containerPort":53,"protocol":"UDP"}]}]})",
         R"({"containers":[{"name":"a","ports":[{"containerPort":53,"name":"dns"}]}]})",
         R"({"containers":[{"name":"a","ports":[{"containerPort":53,"protocol":"TCP","name":"dns"},{"containerPort":53,"protocol":"UDP"}]}]})"},
        {"$retainKeys drops what the volume was",
         R"({"volumes":[{"name":"d","hostPath":{"path":"/x"}}]})",
         R"({"volumes":[{"name":"d","$retainKeys":["emptyDir","name"],"emptyDir":{},"hostPath":null}]})",
         R"({"volumes":[{"name":"d","emptyDir":{}}]})"},
        {"an atomic list is replaced",
         R"({"tolerations":[{"key":"a"},{"key":"b"}]})",
         R"({"tolerations":[{"key":"c"}]})",
         R"({"tolerations":[{"key":"c"}]})"},
        {"a new element loses its directives",
         R"({"containers":[]})",
         R"({"containers":[{"name":"a","env":[{"name":"E"}],"$setElementOrder/env":[{"name":"E"}]}]})",
         R"({"containers":[{"name":"a","env":[{"name":"E"}]}]})"},
    }));
    CAPTURE(row.name);
    const Json patch = {{"spec", Json::parse(row.patch)}};
    CHECK(merged(pod("{}", row.spec), patch)["spec"] == Json::parse(row.result));
}

struct BadRow {
    std::string name;
    std::string patch;
};

TEST_CASE("Strategic merge: a malformed patch is refused", "[schema]") {
    const auto row = GENERATE(values<BadRow>({
        {"no object", R"([1])"},
        {"unknown $patch", R"({"spec":{"$patch":"upsert"}})"},
        {"$patch is no word", R"({"spec":{"$patch":1}})"},
        {"element without merge key", R"({"spec":{"containers":[{"image":"x"}]}})"},
        {"null as merge key", R"({"spec":{"containers":[{"name":null,"image":"x"}]}})"},
        {"null as merge key of a deletion",
         R"({"spec":{"containers":[{"name":null,"$patch":"delete"}]}})"},
        {"element that is no object", R"({"spec":{"containers":["x"]}})"},
        {"$patch merge in an element",
         R"({"spec":{"containers":[{"name":"a","$patch":"merge"}]}})"},
        {"delete without key", R"({"spec":{"containers":[{"$patch":"delete"}]}})"},
        {"order without key", R"({"spec":{"$setElementOrder/containers":[{"image":"x"}]}})"},
        {"order that is no list", R"({"spec":{"$setElementOrder/containers":"a"}})"},
        {"order of what is no list", R"({"spec":{"$setElementOrder/hostname":["a"]}})"},
        {"order does not name the element",
         R"({"spec":{"containers":[{"name":"n"}],"$setElementOrder/containers":[{"name":"a"}]}})"},
        {"deletions that are no list",
         R"({"metadata":{"$deleteFromPrimitiveList/finalizers":"a"}})"},
        {"retained keys that are no list", R"({"spec":{"$retainKeys":"a"}})"},
        {"retained keys do not name what is set",
         R"({"spec":{"$retainKeys":["a"],"hostname":"h"}})"},
    }));
    CAPTURE(row.name);
    const Json document = pod(
        R"({"finalizers":["a"]})", R"({"hostname":"h","containers":[{"name":"a","image":"x"}]})");
    const auto result = strategic_merge(type_of(document), document, Json::parse(row.patch));
    REQUIRE(result.has_error());
    CHECK(result.error().reason == Reason::BadRequest);
}

TEST_CASE("Strategic merge: a patch that says what is already there changes nothing", "[schema]") {
    for (const auto& one : Json::parse(embedded::strategic_merge_cases_json)) {
        const Json& document = one["document"];
        CAPTURE(document.dump());
        CHECK(merged(document, Json::object()) == document);
        CHECK(merged(document, document) == document);
    }
}

/// Makes patches out of words that mean something, put together without sense.
class NonsensePatch {
public:
    explicit NonsensePatch(unsigned seed) : random_(seed) {}

    Json object(int depth) {
        Json out = Json::object();
        for (int i = pick(4); i >= 0; --i) out[word()] = value(depth - 1);
        return out;
    }

private:
    int pick(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }

    std::string word() {
        static const std::vector<std::string> kWords = {
            "metadata",
            "spec",
            "containers",
            "finalizers",
            "name",
            "env",
            "volumes",
            "labels",
            "$patch",
            "$retainKeys",
            "ports",
            "$setElementOrder/containers",
            "containerPort",
            "tolerations",
            "$setElementOrder/finalizers",
            "replace",
            "delete",
            "$deleteFromPrimitiveList/finalizers"};
        return kWords[static_cast<std::size_t>(pick(static_cast<int>(kWords.size())))];
    }

    Json value(int depth) {
        switch (depth > 0 ? pick(6) : 2 + pick(4)) {
            case 0:
                return object(depth);
            case 1: {
                Json list = Json::array();
                for (int i = pick(4); i > 0; --i) list.push_back(value(depth - 1));
                return list;
            }
            case 2:
                return word();
            case 3:
                return pick(3);
            case 4:
                return nullptr;
            default:
                return Json::array({Json{{"name", word()}}, Json{{"$patch", word()}}});
        }
    }

    std::mt19937 random_;
};

TEST_CASE("Strategic merge: a patch without sense is refused or applied, never more", "[schema]") {
    NonsensePatch nonsense(7);
    const Json valid = pod(
        R"({"finalizers":["a"],"labels":{"k":"v"}})",
        R"({"containers":[{"name":"a","image":"x","ports":[{"containerPort":1}]}],"volumes":[{"name":"v"}]})");
    const Type& type = type_of(valid);
    Json document = valid;
    for (int i = 0; i < 3000; ++i) {
        const Json patch = nonsense.object(5);
        CAPTURE(document.dump(), patch.dump());
        const auto result = strategic_merge(type, document, patch);
        if (result.has_error()) {
            CHECK(result.error().reason == Reason::BadRequest);
        } else {
            CHECK(result->is_object());
        }
        // Every other patch meets what an earlier one left behind.
        document = result.has_value() && i % 2 == 0 ? *result : valid;
    }
}

}  // namespace
}  // namespace picket::schema
