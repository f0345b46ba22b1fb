#include "cli/pull_progress.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

Json a_row(const std::string& name, const std::string& status) {
    return {
        {"cells", {name, "0/1", status}},
        {"object", {{"metadata", {{"name", name}, {"namespace", "default"}}}}}};
}

Json a_table(std::vector<Json> rows) {
    return {
        {"columnDefinitions", {{{"name", "Name"}}, {{"name", "Ready"}}, {{"name", "Status"}}}},
        {"rows", std::move(rows)}};
}

Json a_pod(const std::string& name, const std::string& list, const std::string& message) {
    return {
        {"metadata", {{"name", name}, {"namespace", "default"}}},
        {"status", {{list, Json::array({{{"state", {{"waiting", {{"message", message}}}}}}})}}}};
}

}  // namespace

TEST_CASE("pull progress: only pods that wait for something are looked at", "[get]") {
    CHECK(may_be_pulling(a_table({a_row("a", "Running"), a_row("b", "ContainerCreating")})));
    CHECK(may_be_pulling(a_table({a_row("a", "Init:0/2")})));
    CHECK(may_be_pulling(a_table({a_row("a", "PodInitializing")})));
    CHECK_FALSE(may_be_pulling(a_table({a_row("a", "Running"), a_row("b", "ImagePullBackOff")})));
    CHECK_FALSE(may_be_pulling(a_table({})));
    CHECK_FALSE(may_be_pulling(Json::object()));
}

TEST_CASE("pull progress: the status of the pod that pulls says how far it is", "[get]") {
    auto table = a_table(
        {a_row("a", "ContainerCreating"),
         a_row("b", "Init:0/1"),
         a_row("c", "ContainerCreating"),
         a_row("d", "ContainerCreating")});
    show_pull_progress(
        table,
        {a_pod("a", "containerStatuses", "Pulling image \"x:1\": 3 of 7 MB"),
         a_pod("b", "initContainerStatuses", "Pulling image \"y\": waiting for other pulls"),
         a_pod("c", "containerStatuses", "no such volume")});
    std::vector<std::string> statuses;
    for (const Json& row : table["rows"]) statuses.push_back(row["cells"][2]);
    CHECK(
        statuses == std::vector<std::string>{
                        "Pulling (3 of 7 MB)",
                        "Pulling (waiting for other pulls)",
                        "ContainerCreating",
                        "ContainerCreating"});
}

}  // namespace picket::cli
