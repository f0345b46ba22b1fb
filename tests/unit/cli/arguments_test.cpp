#include "cli/command.hpp"
#include "cli/duration.hpp"
#include "cli/host_arguments.hpp"
#include "cli/metadata_edit.hpp"
#include "cli/removal.hpp"
#include "cli/resource_args.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::cli;

namespace {

/// "daemonsets/web pods/" for what the words mean.
std::string meaning(const std::vector<std::string>& words) {
    const auto arguments = parse_resource_args(words);
    if (!arguments) return "error: " + arguments.error().message;
    std::string text;
    for (const ResourceArg& argument : *arguments) {
        text += (text.empty() ? "" : " ") + std::string(argument.resource->plural) + "/" +
                argument.name;
    }
    return text;
}

}  // namespace

TEST_CASE("arguments: types and names", "[arguments]") {
    CHECK(meaning({"ds"}) == "daemonsets/");
    CHECK(meaning({"ds,pods"}) == "daemonsets/ pods/");
    CHECK(meaning({"ds", "web", "logs"}) == "daemonsets/web daemonsets/logs");
    CHECK(meaning({"ds,cm", "web"}) == "daemonsets/web configmaps/web");
    CHECK(meaning({"DaemonSet/web", "node/n1"}) == "daemonsets/web nodes/n1");
    CHECK(meaning({"all"}) == "pods/ services/ daemonsets/");
    CHECK_THAT(
        meaning({"dss"}),
        Catch::Contains("no resource type \"dss\"") && Catch::Contains("daemonsets"));
    CHECK_THROWS_AS(meaning({}), UsageError);
    CHECK_THROWS_AS(meaning({"ds/web", "node"}), UsageError);
    CHECK_THROWS_AS(meaning({"ds/"}), UsageError);
}

TEST_CASE("arguments: a version may be asked for", "[arguments]") {
    CHECK(parse_resource_type("ds")->group_version == "apps/v1");
    CHECK(parse_resource_type("daemonsets.extensions")->group_version == "extensions/v1beta1");
    CHECK(
        parse_resource_type("daemonsets.v1beta1.extensions")->group_version ==
        "extensions/v1beta1");
}

TEST_CASE("arguments: where an object of a file lives", "[arguments]") {
    const Json set = {
        {"apiVersion", "apps/v1"}, {"kind", "DaemonSet"}, {"metadata", {{"name", "web"}}}};
    CHECK(target_of_object(set, "team")->path() == "/apis/apps/v1/namespaces/team/daemonsets/web");
    const Json node = {
        {"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", {{"name", "n1"}, {"namespace", "x"}}}};
    CHECK(target_of_object(node, "team")->path() == "/api/v1/nodes/n1");
    CHECK_FALSE(target_of_object({{"apiVersion", "v9"}, {"kind", "Thing"}}, "team").has_value());
    CHECK(display_name_of(set) == "daemonset.apps/web");
}

TEST_CASE("arguments: labels to set and to remove", "[arguments]") {
    const auto parsed = parse_edit_arguments({"ds", "web", "env=prod", "empty=", "old-"});
    CHECK(parsed.objects == std::vector<std::string>{"ds", "web"});
    CHECK(
        edit_patch("labels", parsed.edits) ==
        Json::parse(R"({"metadata":{"labels":{"env":"prod","empty":"","old":null}}})"));
    CHECK_THROWS_AS(parse_edit_arguments({"ds", "web"}), UsageError);
    CHECK_THROWS_AS(parse_edit_arguments({"ds", "a=1", "a=2"}), UsageError);
    CHECK_THROWS_AS(parse_edit_arguments({"ds", "a=1", "web"}), UsageError);
    CHECK_THROWS_AS(parse_edit_arguments({"ds", "=1"}), UsageError);
}

TEST_CASE("arguments: what is labelled already", "[arguments]") {
    const Json object = Json::parse(R"({"metadata":{"labels":{"a":"1"}}})");
    const auto edits = [](const char* word) { return parse_edit_arguments({word}).edits; };
    CHECK(overwritten_key(object, "labels", edits("a=2")) == "a");
    CHECK_FALSE(overwritten_key(object, "labels", edits("a=1")));
    CHECK_FALSE(overwritten_key(object, "labels", edits("a-")));
    CHECK(is_already_so(object, "labels", edits("a=1")));
    CHECK(is_already_so(object, "labels", edits("b-")));
    CHECK_FALSE(is_already_so(object, "labels", edits("a-")));
    CHECK_FALSE(is_already_so(object, "annotations", edits("a=1")));
}

TEST_CASE("arguments: durations", "[arguments]") {
    using namespace std::chrono_literals;
    CHECK(parse_duration("90") == 90s);
    CHECK(parse_duration("90s") == 90s);
    CHECK(parse_duration("1h30m") == 90min);
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("2d") == 48h);
    for (const char* wrong : {"", "s", "-1s", "1x", "1h30", "999999999999h", "1.5h"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_duration(wrong));
    }
}

TEST_CASE("arguments: how objects are deleted", "[arguments]") {
    CHECK(delete_options_body({}) == Json::parse(R"({"propagationPolicy":"Background"})"));
    CHECK(delete_options_body({.cascade = "orphan"})["propagationPolicy"] == "Orphan");
    CHECK(delete_options_body({.cascade = "false"})["propagationPolicy"] == "Orphan");
    CHECK(
        delete_options_body({.cascade = "foreground", .grace_seconds = 5})["gracePeriodSeconds"] ==
        5);
    CHECK(delete_options_body({.force = true})["gracePeriodSeconds"] == 0);
    CHECK(delete_options_body({.now = true})["gracePeriodSeconds"] == 1);
    CHECK(delete_options_body({.dry_run = DryRun::Server})["dryRun"] == Json::array({"All"}));
    CHECK_THROWS_AS(delete_options_body({.grace_seconds = 5, .now = true}), UsageError);
}

TEST_CASE("arguments: labels of a node", "[arguments]") {
    CHECK(parse_node_labels("").empty());
    CHECK(
        parse_node_labels("rack=r1,example.com/disk=") ==
        std::map<std::string, std::string>{{"rack", "r1"}, {"example.com/disk", ""}});
    for (const char* wrong : {"rack", "=r1", "a=b,", "bad key=x", "a=-"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(parse_node_labels(wrong), UsageError);
    }
}
