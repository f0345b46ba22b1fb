#include "apiserver/routes/write_plan.hpp"

#include "common/base/field_error.hpp"
#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::apiserver;
using registry::Propagation;
using Action = WritePlan::Action;

namespace {

const TimePoint kNow = *parse_time("2026-01-02T03:04:05Z");

const Resource& config_maps() {
    return *find_resource("v1", "configmaps");
}
const Resource& daemon_sets() {
    return *find_resource("apps/v1", "daemonsets");
}
const Resource& pods() {
    return *find_resource("v1", "pods");
}

registry::RequestContext context(std::string group_version = "v1") {
    return {std::move(group_version), "admin", kNow};
}

Json a_config_map() {
    return {
        {"apiVersion", "v1"},
        {"kind", "ConfigMap"},
        {"metadata",
         {{"name", "a"},
          {"namespace", "default"},
          {"uid", "u1"},
          {"resourceVersion", "5"},
          {"creationTimestamp", "2026-01-01T00:00:00Z"}}},
        {"data", {{"k", "v"}}}};
}

Json a_pod(const std::string& node) {
    auto pod = a_config_map();
    pod["kind"] = "Pod";
    pod.erase("data");
    pod["spec"] = {
        {"nodeName", node},
        {"terminationGracePeriodSeconds", 30},
        {"containers", {{{"name", "c"}, {"image", "busybox"}}}}};
    pod["status"] = {{"phase", "Running"}};
    return pod;
}

Result<WritePlan> update(const Json& old, const Json& wanted) {
    return plan_update(config_maps(), old, Draft{wanted, {}, {}, {}}, UpdateScope::Main, context());
}

Json finalizers_of(const WritePlan& plan) {
    return plan.object["metadata"].value("finalizers", Json::array());
}

}  // namespace

TEST_CASE("Update plan: what changes nothing is kept", "[write_plan]") {
    const auto plan = update(a_config_map(), a_config_map());
    REQUIRE(plan);
    CHECK(plan->action == Action::Keep);
}

TEST_CASE("Update plan: a change is put with the metadata the server owns", "[write_plan]") {
    auto wanted = a_config_map();
    wanted["data"]["k"] = "w";
    wanted["metadata"] = {{"name", "a"}, {"namespace", "default"}};
    const auto plan = update(a_config_map(), wanted);
    REQUIRE(plan);
    CHECK(plan->action == Action::Put);
    CHECK(plan->object["metadata"]["uid"] == "u1");
    CHECK(plan->object["data"]["k"] == "w");
}

TEST_CASE("Update plan: another version or another uid conflicts", "[write_plan]") {
    auto stale = a_config_map();
    stale["metadata"]["resourceVersion"] = "4";
    const auto conflict = update(a_config_map(), stale);
    REQUIRE_FALSE(conflict);
    CHECK(conflict.error().reason == Reason::Conflict);
    CHECK_THAT(
        conflict.error().message,
        Catch::StartsWith("Operation cannot be fulfilled on configmaps \"a\": the object has been "
                          "modified"));
    auto other = a_config_map();
    other["metadata"]["uid"] = "u2";
    CHECK(update(a_config_map(), other).error().reason == Reason::Conflict);
}

TEST_CASE("Update plan: the last finalizer of a deleted object takes it away", "[write_plan]") {
    auto old = a_config_map();
    old["metadata"]["deletionTimestamp"] = "2026-01-02T03:04:05Z";
    old["metadata"]["deletionGracePeriodSeconds"] = 0;
    old["metadata"]["finalizers"] = {"a.example/x", "a.example/y"};
    auto wanted = old;
    wanted["metadata"]["finalizers"] = {"a.example/y"};
    CHECK(update(old, wanted)->action == Action::Put);
    wanted["metadata"].erase("finalizers");
    CHECK(update(old, wanted)->action == Action::Remove);
}

TEST_CASE("Delete plan: nothing to wait for, gone at once, as it was", "[write_plan]") {
    const auto plan = plan_delete(config_maps(), a_config_map(), {}, context());
    REQUIRE(plan);
    CHECK(plan->action == Action::Remove);
    CHECK_FALSE(plan->object["metadata"].contains("deletionTimestamp"));
}

TEST_CASE("Delete plan: the propagation becomes a finalizer", "[write_plan]") {
    struct Row {
        const char* name;
        std::optional<Propagation> asked;
        Json present;
        Action action;
        Json finalizers;
    };
    const auto row = GENERATE(
        Row{"background", Propagation::Background, Json::array(), Action::Remove, Json::array()},
        Row{"foreground",
            Propagation::Foreground,
            Json::array(),
            Action::Put,
            {"foregroundDeletion"}},
        Row{"orphan", Propagation::Orphan, Json::array(), Action::Put, {"orphan"}},
        Row{"as the object says", std::nullopt, {"orphan"}, Action::Put, {"orphan"}},
        Row{"the request wins", Propagation::Background, {"orphan"}, Action::Remove, Json::array()},
        Row{"others stay",
            Propagation::Orphan,
            {"a.example/x"},
            Action::Put,
            {"a.example/x", "orphan"}});
    CAPTURE(row.name);
    auto old = a_config_map();
    if (!row.present.empty()) old["metadata"]["finalizers"] = row.present;
    DeleteOptions options;
    options.propagation = row.asked;
    const auto plan = plan_delete(config_maps(), old, options, context());
    REQUIRE(plan);
    CHECK(plan->action == row.action);
    if (row.action == Action::Put) CHECK(finalizers_of(*plan) == row.finalizers);
}

TEST_CASE("Delete plan: the default propagation is that of the version", "[write_plan]") {
    auto set = a_config_map();
    set["kind"] = "DaemonSet";
    const auto modern = plan_delete(daemon_sets(), set, {}, context("apps/v1"));
    REQUIRE(modern);
    CHECK(modern->action == Action::Remove);
    const auto old = plan_delete(daemon_sets(), set, {}, context("extensions/v1beta1"));
    REQUIRE(old);
    CHECK(finalizers_of(*old) == Json{"orphan"});
}

TEST_CASE(
    "Delete plan: a bound pod has its grace, a second delete only shortens it", "[write_plan]") {
    const auto first = plan_delete(pods(), a_pod("n1"), {}, context());
    REQUIRE(first);
    CHECK(first->action == Action::Put);
    CHECK(first->object["metadata"]["deletionTimestamp"] == "2026-01-02T03:04:35Z");
    CHECK(first->object["metadata"]["deletionGracePeriodSeconds"] == 30);
    DeleteOptions longer;
    longer.grace_period_seconds = 60;
    CHECK(plan_delete(pods(), first->object, longer, context())->action == Action::Keep);
    DeleteOptions shorter;
    shorter.grace_period_seconds = 5;
    const auto second = plan_delete(pods(), first->object, shorter, context());
    CHECK(second->object["metadata"]["deletionGracePeriodSeconds"] == 5);
    DeleteOptions now;
    now.grace_period_seconds = 0;
    CHECK(plan_delete(pods(), second->object, now, context())->action == Action::Remove);
}

TEST_CASE("Delete plan: a pod that runs nowhere has no grace", "[write_plan]") {
    CHECK(plan_delete(pods(), a_pod(""), {}, context())->action == Action::Remove);
}

TEST_CASE("Delete plan: preconditions must hold", "[write_plan]") {
    DeleteOptions options;
    options.precondition_uid = "u2";
    CHECK(
        plan_delete(config_maps(), a_config_map(), options, context()).error().reason ==
        Reason::Conflict);
    options.precondition_uid = "u1";
    options.precondition_resource_version = "4";
    CHECK(
        plan_delete(config_maps(), a_config_map(), options, context()).error().reason ==
        Reason::Conflict);
    options.precondition_resource_version = "5";
    CHECK(plan_delete(config_maps(), a_config_map(), options, context()));
}

TEST_CASE("Encoding a plan: the version is part of the bytes", "[write_plan]") {
    const auto outcome = encode_plan(config_maps(), {Action::Put, a_config_map()}, 77);
    REQUIRE(outcome);
    const auto& put = std::get<storage::Put>(*outcome);
    CHECK(Json::parse(put.bytes)["metadata"]["resourceVersion"] == "77");
}

TEST_CASE("Encoding a plan: an object may not outgrow a request", "[write_plan]") {
    auto object = a_config_map();
    object["data"]["k"] = std::string(kMaxObjectBytes, 'x');
    const auto outcome = encode_plan(config_maps(), {Action::Put, object}, 77);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().reason == Reason::RequestEntityTooLarge);
}

TEST_CASE("Update plan: a status write need not repeat the rest of the object", "[write_plan]") {
    auto old = a_config_map();
    old["kind"] = "DaemonSet";
    old["apiVersion"] = "apps/v1";
    old.erase("data");
    old["spec"] = {{"template", {{"spec", {{"nodeName", "n1"}}}}}};
    auto wanted = old;
    wanted.erase("spec");
    wanted["status"] = {{"numberReady", 5}};
    const auto plan = [&](std::string broken_field) {
        return plan_update(
            daemon_sets(),
            old,
            Draft{wanted, {field::required(std::move(broken_field))}, {}, {}},
            UpdateScope::Status,
            context("apps/v1"));
    };
    const auto written = plan("spec.template");
    REQUIRE(written);
    CHECK(written->object["spec"] == old["spec"]);
    CHECK(written->object["status"]["numberReady"] == 5);
    CHECK_FALSE(plan("status.conditions[0].type"));
}
