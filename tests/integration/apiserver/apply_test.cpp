#include "tests/integration/apiserver/running_server.hpp"

#include <algorithm>

using namespace picket;
using namespace picket::testing;

namespace {

client::Query as_manager(const std::string& name, bool force = false) {
    client::Query query = {{"fieldManager", name}};
    if (force) query.emplace_back("force", "true");
    return query;
}

std::vector<std::string> manager_names(const Json& object) {
    std::vector<std::string> names;
    for (const auto& entry : object["metadata"].value("managedFields", Json::array())) {
        names.push_back(
            entry["operation"].get<std::string>() + " " + entry["manager"].get<std::string>());
    }
    return names;
}

Json with_value(const std::string& name, const std::string& value) {
    auto map = a_config_map(name);
    map["data"] = {{"key", value}};
    return map;
}

}  // namespace

TEST_CASE(
    "apply: makes what is not there, and changes nothing the second time", "[apiserver][ssa]") {
    RunningServer server;
    const auto api = server.connect();
    const auto apply = [&](const Json& config) {
        return server.ok(api->patch(config_maps("a"), PatchType::Apply, config, as_manager("ann")));
    };
    const auto made = apply(with_value("a", "1"));
    CHECK(made["data"]["key"] == "1");
    CHECK(manager_names(made) == std::vector<std::string>{"Apply ann"});
    const auto again = apply(with_value("a", "1"));
    CHECK(again == made);
    auto without = with_value("a", "1");
    without.erase("data");
    CHECK_FALSE(apply(without).contains("data"));
}

TEST_CASE("apply: conflicts, force and dry runs", "[apiserver][ssa]") {
    RunningServer server;
    const auto api = server.connect();
    server.ok(api->create(config_maps(), with_value("a", "1"), as_manager("maker")));
    const auto refused = server.error(
        api->patch(config_maps("a"), PatchType::Apply, with_value("a", "2"), as_manager("ann")));
    CHECK(refused.reason == Reason::Conflict);
    REQUIRE(refused.causes.size() == 1);
    CHECK(refused.causes[0].field == ".data.key");

    auto query = as_manager("ann", true);
    query.emplace_back("dryRun", "All");
    const auto tried =
        server.ok(api->patch(config_maps("a"), PatchType::Apply, with_value("a", "2"), query));
    CHECK(tried["data"]["key"] == "2");
    CHECK(server.ok(api->get(config_maps("a")))["data"]["key"] == "1");

    const auto forced = server.ok(api->patch(
        config_maps("a"), PatchType::Apply, with_value("a", "2"), as_manager("ann", true)));
    CHECK(forced["data"]["key"] == "2");
    CHECK(manager_names(forced) == std::vector<std::string>{"Apply ann", "Update maker"});
}

TEST_CASE("apply: what a request must not say", "[apiserver][ssa]") {
    RunningServer server;
    const auto api = server.connect();
    const auto nameless =
        server.error(api->patch(config_maps("a"), PatchType::Apply, with_value("a", "1")));
    CHECK(nameless.reason == Reason::Invalid);
    const auto forced = server.error(
        api->patch(config_maps("a"), PatchType::Merge, Json::object(), as_manager("ann", true)));
    CHECK(forced.reason == Reason::Invalid);
    auto with_entries = with_value("a", "1");
    with_entries["metadata"]["managedFields"] = Json::array();
    CHECK(
        server
            .error(api->patch(config_maps("a"), PatchType::Apply, with_entries, as_manager("ann")))
            .reason == Reason::BadRequest);
    auto elsewhere = Target{"v1", "configmaps", "nosuch", "a"};
    CHECK(
        server
            .error(api->patch(elsewhere, PatchType::Apply, with_value("a", "1"), as_manager("ann")))
            .reason == Reason::NotFound);
    auto unknown = with_value("a", "1");
    unknown["bogus"] = 1;
    auto strict = as_manager("ann");
    strict.emplace_back("fieldValidation", "Strict");
    CHECK(
        server.error(api->patch(config_maps("a"), PatchType::Apply, unknown, strict))
            .message.find("unknown field \"bogus\"") != std::string::npos);
}

TEST_CASE(
    "managed fields: other writes are recorded, and clients may rewrite the record",
    "[apiserver][ssa]") {
    RunningServer server;
    const auto api = server.connect();
    server.ok(api->create(config_maps(), with_value("a", "1"), as_manager("maker")));
    const auto patched = server.ok(api->patch(
        config_maps("a"), PatchType::Merge, {{"data", {{"more", "1"}}}}, as_manager("patcher")));
    CHECK(manager_names(patched) == std::vector<std::string>{"Update maker", "Update patcher"});

    // A PUT that leaves the record out keeps it; a change takes the field over.
    const auto put =
        server.ok(api->update(config_maps("a"), with_value("a", "2"), as_manager("putter")));
    const auto names = manager_names(put);
    CHECK(std::ranges::find(names, "Update putter") != names.end());
    CHECK(std::ranges::find(names, "Update patcher") == names.end());

    // What kubectl does when its user turns to server-side apply.
    const auto rewritten = server.ok(api->patch(
        config_maps("a"),
        PatchType::JsonPatch,
        Json::array(
            {{{"op", "replace"},
              {"path", "/metadata/managedFields/0/manager"},
              {"value", "new"}}})));
    const auto after = manager_names(rewritten);
    CHECK(std::ranges::find(after, "Update new") != after.end());

    const auto cleared = server.ok(api->patch(
        config_maps("a"),
        PatchType::Merge,
        {{"metadata", {{"managedFields", Json::array({Json::object()})}}}}));
    CHECK_FALSE(cleared["metadata"].contains("managedFields"));
}

TEST_CASE("managed fields: a status has an entry of its own", "[apiserver][ssa]") {
    RunningServer server;
    const auto api = server.connect();
    server.ok(api->create(daemon_sets(), a_daemon_set("web"), as_manager("maker")));
    auto status = daemon_sets("web");
    status.subresource = "status";
    const auto patched = server.ok(api->patch(
        status, PatchType::Merge, {{"status", {{"numberReady", 1}}}}, as_manager("reporter")));
    const auto& entries = patched["metadata"]["managedFields"];
    const auto found = std::find_if(entries.begin(), entries.end(), [](const Json& entry) {
        return entry["manager"] == "reporter";
    });
    REQUIRE(found != entries.end());
    CHECK((*found)["subresource"] == "status");
    CHECK((*found)["fieldsV1"] == Json{{"f:status", {{"f:numberReady", Json::object()}}}});
}

TEST_CASE("managed fields: what picket's own parts make is not recorded", "[apiserver][ssa]") {
    RunningServer server;
    auto config = client::load_kubeconfig(server.file("controller.kubeconfig"), "", "");
    REQUIRE(config);
    const auto controller = server.connect(config->options.bearer_token);
    const auto made = server.ok(controller->create(config_maps(), a_config_map("a")));
    CHECK_FALSE(made["metadata"].contains("managedFields"));
    // Until somebody else manages fields of it: then its writes count like others'.
    const auto api = server.connect();
    server.ok(api->patch(
        config_maps("a"), PatchType::Apply, with_value("a", "value"), as_manager("ann")));
    const auto changed = server.ok(
        controller->patch(config_maps("a"), PatchType::Merge, {{"data", {{"key", "other"}}}}));
    const auto names = manager_names(changed);
    CHECK(std::ranges::find(names, "Apply ann") == names.end());
    CHECK(std::ranges::find(names, "Update picket") != names.end());
}
