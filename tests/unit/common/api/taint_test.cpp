#include "common/api/taint.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;

TEST_CASE("Toleration: which taints it covers", "[taint]") {
    const Taint gpu{.key = "gpu", .value = "yes", .effect = TaintEffect::NoSchedule};
    struct Row {
        const char* name;
        Json toleration;
        bool covers;
    };
    const std::vector<Row> rows{
        {"everything", {{"operator", "Exists"}}, true},
        {"the key, any effect", {{"key", "gpu"}, {"operator", "Exists"}}, true},
        {"the key and effect",
         {{"key", "gpu"}, {"operator", "Exists"}, {"effect", "NoSchedule"}},
         true},
        {"another effect",
         {{"key", "gpu"}, {"operator", "Exists"}, {"effect", "NoExecute"}},
         false},
        {"another key", {{"key", "fpga"}, {"operator", "Exists"}}, false},
        {"equal value", {{"key", "gpu"}, {"operator", "Equal"}, {"value", "yes"}}, true},
        {"no operator means Equal", {{"key", "gpu"}, {"value", "yes"}}, true},
        {"another value", {{"key", "gpu"}, {"value", "no"}}, false},
        {"no value", {{"key", "gpu"}}, false},
        {"empty key with Equal", {{"operator", "Equal"}, {"value", "yes"}}, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(Toleration::parse(row.toleration).covers(gpu) == row.covers);
    }
}

TEST_CASE("Taints and tolerations survive the way to JSON and back", "[taint]") {
    const Json taint{
        {"key", "k"},
        {"value", "v"},
        {"effect", "NoExecute"},
        {"timeAdded", "2026-01-02T03:04:05Z"}};
    CHECK(to_json(Taint::parse(taint)) == taint);
    CHECK(Taint::parse(taint).to_string() == "k=v:NoExecute");
    const Json toleration{
        {"key", "k"}, {"operator", "Exists"}, {"effect", "NoExecute"}, {"tolerationSeconds", 30}};
    CHECK(to_json(Toleration::parse(toleration)) == toleration);
}
