#include "common/schema/schema.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace picket::schema {
namespace {

const Type& kind(std::string_view group_version, std::string_view name) {
    const Type* type = find_kind(group_version, name);
    REQUIRE(type != nullptr);
    return *type;
}

Json pod_with(const Json& spec) {
    Json pod = {
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata", {{"name", "web"}}},
        {"spec", {{"containers", {{{"name", "web"}, {"image", "busybox"}}}}}}};
    pod["spec"].update(spec);
    return pod;
}

Json pod_with_container(const Json& fields) {
    Json pod = pod_with(Json::object());
    pod["spec"]["containers"][0].update(fields);
    return pod;
}

std::vector<std::string> lines(const std::vector<FieldError>& errors) {
    std::vector<std::string> out;
    for (const auto& error : errors) out.push_back(error.field + ": " + error.message);
    return out;
}

struct TypeRow {
    std::string name;
    Json pod;
    std::string error;
};

TEST_CASE("Schema check: a wrong JSON type is named with its path", "[schema]") {
    const auto row = GENERATE(values<TypeRow>({
        {"string for integer",
         pod_with({{"terminationGracePeriodSeconds", "x"}}),
         R"(spec.terminationGracePeriodSeconds: expected integer, got string "x")"},
        {"fraction for integer",
         pod_with({{"terminationGracePeriodSeconds", 1.5}}),
         "spec.terminationGracePeriodSeconds: expected integer, got number 1.5"},
        {"too large for 32 bits",
         pod_with({{"priority", 2147483648}}),
         "spec.priority: 2147483648 does not fit into 32 bits"},
        {"too small for 32 bits",
         pod_with({{"priority", -2147483649}}),
         "spec.priority: -2147483649 does not fit into 32 bits"},
        {"too large for 64 bits",
         pod_with({{"terminationGracePeriodSeconds", 9223372036854775808ULL}}),
         "spec.terminationGracePeriodSeconds: 9223372036854775808 does not fit into 64 bits"},
        {"string for boolean",
         pod_with({{"hostNetwork", "true"}}),
         R"(spec.hostNetwork: expected boolean, got string "true")"},
        {"object for list",
         pod_with({{"tolerations", Json::object()}}),
         "spec.tolerations: expected list, got object"},
        {"list for object",
         pod_with({{"securityContext", Json::array()}}),
         "spec.securityContext: expected object, got list"},
        {"null in a list",
         pod_with({{"tolerations", Json::array({nullptr})}}),
         "spec.tolerations[0]: expected object, got null"},
        {"number in a map of strings",
         pod_with({{"nodeSelector", {{"tier", 1}}}}),
         "spec.nodeSelector[tier]: expected string, got integer 1"},
        {"unquoted number as a variable's value",
         pod_with_container({{"env", {{{"name", "A"}, {"value", 1}}}}}),
         "spec.containers[0].env[0].value: expected string, got integer 1"},
        {"no quantity",
         pod_with_container({{"resources", {{"limits", {{"cpu", "lots"}}}}}}),
         R"(spec.containers[0].resources.limits[cpu]: expected quantity like 100m or 64Mi, got string "lots")"},
        {"boolean for int-or-string",
         pod_with_container({{"livenessProbe", {{"tcpSocket", {{"port", true}}}}}}),
         "spec.containers[0].livenessProbe.tcpSocket.port: expected integer or string, got boolean "
         "true"},
    }));
    CAPTURE(row.name);
    const auto result = check(kind("v1", "Pod"), row.pod);
    CHECK(result.type_errors == std::vector<std::string>{row.error});
    CHECK(result.errors.empty());
}

TEST_CASE(
    "Schema check: times and base64 have their forms, and no secret is repeated", "[schema]") {
    const Json secret = {
        {"metadata", {{"name", "s"}, {"creationTimestamp", "yesterday"}}},
        {"data", {{"good", "aGVsbG8="}, {"bad", "?"}}}};
    CHECK(
        check(kind("v1", "Secret"), secret).type_errors ==
        std::vector<std::string>{
            "data[bad]: expected base64 text",
            R"(metadata.creationTimestamp: expected time like 2026-01-02T03:04:05Z, got string "yesterday")"});
}

TEST_CASE("Schema check: something other than an object is refused whole", "[schema]") {
    CHECK(
        check(kind("v1", "Pod"), Json::array()).type_errors ==
        std::vector<std::string>{"expected object, got list"});
}

struct QuantityRow {
    Json value;
    bool good;
};

TEST_CASE("Schema check: quantities", "[schema]") {
    const auto row = GENERATE(values<QuantityRow>({
        {"1", true},      {"100m", true},  {"1.5Gi", true},  {".5", true},   {"1.", true},
        {"1e3", true},    {"1E-2", true},  {"1E", true},     {"+2", true},   {"-3k", true},
        {2, true},        {0.15, true},    {"", false},      {"m", false},   {"1K", false},
        {"1kB", false},   {"1 Gi", false}, {"1e", false},    {".", false},   {"0x10", false},
        {"1.2.3", false}, {"--1", false},  {"1e1.5", false}, {"1mi", false}, {true, false},
    }));
    CAPTURE(row.value.dump());
    const auto pod = pod_with_container({{"resources", {{"limits", {{"cpu", row.value}}}}}});
    CHECK(check(kind("v1", "Pod"), pod).type_errors.empty() == row.good);
}

TEST_CASE("Schema check: unknown fields are listed by path, known ones are not", "[schema]") {
    const Json set = {
        {"apiVersion", "apps/v1"},
        {"kind", "DaemonSet"},
        {"bogus", 1},
        {"metadata", {{"name", "x"}, {"labels", {{"any", "label"}}}}},
        {"spec",
         {{"templateGeneration", 1},
          {"template", {{"spec", pod_with_container({{"Image", "x"}})["spec"]}}}}}};
    CHECK(
        check(kind("apps/v1", "DaemonSet"), set).unknown_fields ==
        std::vector<std::string>{
            "bogus", "spec.template.spec.containers[0].Image", "spec.templateGeneration"});
    CHECK(
        check(kind("extensions/v1beta1", "DaemonSet"), set).unknown_fields ==
        std::vector<std::string>{"bogus", "spec.template.spec.containers[0].Image"});
}

TEST_CASE("Schema check: a document inside another one is named from the outer one", "[schema]") {
    const auto result = check(kind("v1", "Pod"), {{"bogus", 1}}, "spec.template");
    CHECK(result.unknown_fields == std::vector<std::string>{"spec.template.bogus"});
    CHECK(lines(result.errors) == std::vector<std::string>{"spec.template.spec: Required value"});
}

struct ErrorRow {
    std::string name;
    Json pod;
    std::vector<std::string> errors;
};

TEST_CASE("Schema check: required fields and enumerations", "[schema]") {
    const auto row = GENERATE(values<ErrorRow>({
        {"complete", pod_with(Json::object()), {}},
        {"absent", Json::object(), {"spec: Required value"}},
        {"null", {{"spec", nullptr}}, {"spec: Required value"}},
        {"empty list",
         pod_with({{"containers", Json::array()}}),
         {"spec.containers: Required value"}},
        {"empty string",
         pod_with_container({{"name", ""}}),
         {"spec.containers[0].name: Required value"}},
        {"several at once",
         pod_with({{"containers", {Json::object()}}}),
         {"spec.containers[0].image: Required value", "spec.containers[0].name: Required value"}},
        {"not one of the values",
         pod_with({{"restartPolicy", "Sometimes"}}),
         {R"(spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never")"}},
        {"an empty optional value is an absent one", pod_with({{"restartPolicy", ""}}), {}},
        {"enumeration inside a list",
         pod_with({{"tolerations", {{{"operator", "Equals"}}}}}),
         {R"(spec.tolerations[0].operator: Unsupported value: "Equals": supported values: "Exists", "Equal")"}},
    }));
    CAPTURE(row.name);
    CHECK(lines(check(kind("v1", "Pod"), row.pod).errors) == row.errors);
}

TEST_CASE("Schema check: the elements of a list of words are enumerated, too", "[schema]") {
    const auto result = check(kind("v1", "DeleteOptions"), {{"dryRun", {"All", "Some"}}});
    CHECK(
        lines(result.errors) ==
        std::vector<std::string>{
            R"(dryRun[1]: Unsupported value: "Some": supported values: "All")"});
}

struct StoredRow {
    std::string name;
    Json pod;
    std::vector<std::string> warnings;
};

TEST_CASE("Schema check: a field without effect is named with the reason", "[schema]") {
    const Json spread = {
        {"maxSkew", 1}, {"topologyKey", "zone"}, {"whenUnsatisfiable", "DoNotSchedule"}};
    const auto row = GENERATE_COPY(values<StoredRow>({
        {"honoured", pod_with({{"hostNetwork", true}}), {}},
        {"stored",
         pod_with({{"schedulerName", "mine"}}),
         {"spec.schedulerName: picket has no scheduler"}},
        {"stored list",
         pod_with({{"topologySpreadConstraints", Json::array({spread})}}),
         {"spec.topologySpreadConstraints: picket has no scheduler"}},
        {"empty", pod_with({{"topologySpreadConstraints", Json::array()}}), {}},
        {"the value is what happens anyway", pod_with({{"hostUsers", true}}), {}},
        {"false can ask for something",
         pod_with({{"hostUsers", false}}),
         {"spec.hostUsers: containers share the host's user namespace"}},
        {"said once, not again for what is inside",
         pod_with(
             {{"volumes",
               {{{"name", "v"},
                 {"ephemeral", {{"volumeClaimTemplate", {{"spec", {{"volumeName", "x"}}}}}}}}}}}),
         {"spec.volumes[0].ephemeral: picket cannot mount this kind of volume, so the pod waits"}},
    }));
    CAPTURE(row.name);
    const auto result = check(kind("v1", "Pod"), row.pod);
    CHECK(result.stored_only == row.warnings);
    CHECK(result.type_errors.empty());
}

TEST_CASE("Schema check: the defaults themselves give no warning", "[schema]") {
    Json pod = pod_with({{"volumes", {{{"name", "v"}, {"hostPath", {{"path", "/"}}}}}}});
    apply_defaults(kind("v1", "Pod"), pod);
    const auto result = check(kind("v1", "Pod"), pod);
    CHECK(result.stored_only.empty());
    CHECK(result.type_errors.empty());
    CHECK(result.errors.empty());
}

}  // namespace
}  // namespace picket::schema
