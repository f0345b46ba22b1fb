#include "common/schema/field_set.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::schema;

namespace {

const Type& daemon_set() {
    return *find_kind("apps/v1", "DaemonSet");
}
const Type& config_map() {
    return *find_kind("v1", "ConfigMap");
}

FieldSet set_of(const Json& fields) {
    auto parsed = parse_field_set(fields);
    REQUIRE(parsed);
    return std::move(*parsed);
}

Json a_set(Json pod_spec) {
    return {{"spec", {{"template", {{"spec", std::move(pod_spec)}}}}}};
}
/// What is below the pod's spec.
Json pod_part(const Json& fields) {
    return fields.at("f:spec").at("f:template").at("f:spec");
}

}  // namespace

TEST_CASE("Field set: what is read is written the same", "[schema][ssa]") {
    const Json fields = {
        {"f:metadata", {{"f:labels", {{".", Json::object()}, {"f:a/b", Json::object()}}}}},
        {"f:spec",
         {{"f:list",
           {{R"(k:{"name":"main"})", {{".", Json::object()}, {"f:image", Json::object()}}},
            {R"(v:"x")", Json::object()}}}}}};
    CHECK(format_field_set(set_of(fields)) == fields);
}

TEST_CASE("Field set: other JSON is none", "[schema][ssa]") {
    for (const Json& wrong :
         {Json(3), Json::array(), Json{{"metadata", Json::object()}}, Json{{"f:a", 1}}}) {
        CAPTURE(wrong.dump());
        CHECK_FALSE(parse_field_set(wrong));
    }
}

TEST_CASE("Field set: paths as messages show them", "[schema][ssa]") {
    const auto set = set_of(
        {{"f:spec",
          {{"f:containers",
            {{R"(k:{"name":"main"})", {{"f:image", Json::object()}}},
             {R"(k:{"containerPort":80,"protocol":"TCP"})", Json::object()}}},
           {"f:finalizers", {{R"(v:"x")", Json::object()}}}}}});
    CHECK(
        paths_of(set) == std::vector<std::string>{
                             R"(.spec.containers[containerPort=80,protocol="TCP"])",
                             R"(.spec.containers[name="main"].image)",
                             R"(.spec.finalizers[="x"])"});
}

TEST_CASE("Field set: union, difference and intersection go path by path", "[schema][ssa]") {
    const auto one = set_of({{"f:a", Json::object()}, {"f:b", {{"f:c", Json::object()}}}});
    const auto other = set_of({{"f:b", {{"f:c", Json::object()}, {"f:d", Json::object()}}}});
    CHECK(
        format_field_set(union_of(one, other)) ==
        Json{{"f:a", Json::object()}, {"f:b", {{"f:c", Json::object()}, {"f:d", Json::object()}}}});
    CHECK(format_field_set(difference_of(one, other)) == Json{{"f:a", Json::object()}});
    CHECK(
        format_field_set(intersection_of(one, other)) == Json{{"f:b", {{"f:c", Json::object()}}}});
    CHECK(difference_of(one, one).empty());
}

TEST_CASE("Fields of a document: in the pieces that its schema merges", "[schema][ssa]") {
    struct Row {
        const char* name;
        Json pod_spec;
        Json fields;
    };
    const Json leaf = Json::object();
    const auto row = GENERATE_REF(values<Row>({
        {"a plain field", {{"hostNetwork", true}}, {{"f:hostNetwork", leaf}}},
        {"a list by key",
         {{"containers", {{{"name", "main"}, {"image", "i"}}}}},
         {{"f:containers",
           {{R"(k:{"name":"main"})", {{".", leaf}, {"f:name", leaf}, {"f:image", leaf}}}}}}},
        {"a key with a default that is left out",
         {{"containers", {{{"name", "main"}, {"ports", {{{"containerPort", 80}}}}}}}},
         {{"f:containers",
           {{R"(k:{"name":"main"})",
             {{".", leaf},
              {"f:name", leaf},
              {"f:ports",
               {{R"(k:{"containerPort":80,"protocol":"TCP"})",
                 {{".", leaf}, {"f:containerPort", leaf}}}}}}}}}}},
        {"an atomic list", {{"tolerations", {{{"key", "a"}}}}}, {{"f:tolerations", leaf}}},
        {"an atomic map", {{"nodeSelector", {{"a", "b"}}}}, {{"f:nodeSelector", leaf}}},
        {"an empty object is a value",
         {{"volumes", {{{"name", "v"}, {"emptyDir", Json::object()}}}}},
         {{"f:volumes",
           {{R"(k:{"name":"v"})", {{".", leaf}, {"f:name", leaf}, {"f:emptyDir", leaf}}}}}}},
        {"an unknown field is nobody's", {{"bogus", 1}, {"hostPID", true}}, {{"f:hostPID", leaf}}},
    }));
    CAPTURE(row.name);
    const auto fields = format_field_set(fields_of(daemon_set(), a_set(row.pod_spec), false));
    CHECK(pod_part(fields) == row.fields);
}

TEST_CASE("Fields of a document: selectors are of one piece, labels are not", "[schema][ssa]") {
    const Json set = {
        {"metadata", {{"labels", {{"a", "1"}}}, {"finalizers", {"x"}}}},
        {"spec", {{"selector", {{"matchLabels", {{"a", "1"}}}}}}}};
    const Json leaf = Json::object();
    CHECK(
        format_field_set(fields_of(daemon_set(), set, false)) ==
        Json{
            {"f:metadata", {{"f:labels", {{"f:a", leaf}}}, {"f:finalizers", {{R"(v:"x")", leaf}}}}},
            {"f:spec", {{"f:selector", leaf}}}});
}

TEST_CASE("Comparing documents: what changed, came and went", "[schema][ssa]") {
    const auto changes = compare_fields(
        config_map(),
        {{"data", {{"same", "1"}, {"other", "1"}, {"gone", "1"}}}},
        {{"data", {{"same", "1"}, {"other", "2"}, {"new", "1"}}}});
    const Json leaf = Json::object();
    CHECK(format_field_set(changes.set) == Json{{"f:data", {{"f:other", leaf}, {"f:new", leaf}}}});
    CHECK(format_field_set(changes.removed) == Json{{"f:data", {{"f:gone", leaf}}}});
}

TEST_CASE("Comparing documents: another form of the same is no change", "[schema][ssa]") {
    const auto limits = [](const char* cpu, const char* memory) {
        return a_set(
            {{"containers",
              {{{"name", "m"}, {"resources", {{"limits", {{"cpu", cpu}, {"memory", memory}}}}}}}}});
    };
    CHECK(compare_fields(daemon_set(), limits("0.5", "1Gi"), limits("500m", "1024Mi")).set.empty());
    CHECK_FALSE(compare_fields(daemon_set(), limits("0.5", "1Gi"), limits("1", "1Gi")).set.empty());
}

TEST_CASE("Comparing documents: the order of a keyed list says nothing", "[schema][ssa]") {
    const Json a = {{"name", "a"}, {"image", "i"}};
    const Json b = {{"name", "b"}, {"image", "i"}};
    const auto changes = compare_fields(
        daemon_set(), a_set({{"containers", {a, b}}}), a_set({{"containers", {b, a}}}));
    CHECK(changes.set.empty());
    CHECK(changes.removed.empty());
}

TEST_CASE(
    "Comparing documents: an element that is gone is gone with all its fields", "[schema][ssa]") {
    const Json a = {{"name", "a"}, {"image", "i"}};
    const Json b = {{"name", "b"}, {"image", "i"}};
    const auto changes = compare_fields(
        daemon_set(), a_set({{"containers", {a, b}}}), a_set({{"containers", Json::array({a})}}));
    CHECK(changes.set.empty());
    CHECK(
        paths_of(changes.removed) == std::vector<std::string>{
                                         R"(.spec.template.spec.containers[name="b"])",
                                         R"(.spec.template.spec.containers[name="b"].image)",
                                         R"(.spec.template.spec.containers[name="b"].name)"});
}
