#include "apiserver/registry/managed_fields.hpp"

#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::registry;

namespace {

const TimePoint kWritten = *parse_time("2026-01-02T03:04:05Z");

const schema::Type& config_map() {
    return *schema::find_kind("v1", "ConfigMap");
}
const schema::Type& daemon_set_type() {
    return *schema::find_kind("apps/v1", "DaemonSet");
}

FieldWriter writer(std::string name, int minutes = 0) {
    return {std::move(name), "v1", "", kWritten + std::chrono::minutes(minutes)};
}

Json data(Json members) {
    return {
        {"apiVersion", "v1"},
        {"kind", "ConfigMap"},
        {"metadata", {{"name", "a"}}},
        {"data", std::move(members)}};
}

Json containers(Json list) {
    return {
        {"apiVersion", "apps/v1"},
        {"kind", "DaemonSet"},
        {"metadata", {{"name", "a"}}},
        {"spec", {{"template", {{"spec", {{"containers", std::move(list)}}}}}}}};
}
Json containers_of(const Json& object) {
    return object["spec"]["template"]["spec"]["containers"];
}

/// An object and who manages it, through a story of writes.
class Story {
public:
    explicit Story(const schema::Type& type) : type_(type) {}

    Result<void> apply(const std::string& who, Json config, bool force = false) {
        auto applied = apply_config(type_, object, std::move(config), managers, writer(who), force);
        if (!applied) return applied.error();
        object = std::move(applied->document);
        managers = std::move(applied->managers);
        return Ok();
    }
    void must_apply(const std::string& who, Json config, bool force = false) {
        const auto applied = apply(who, std::move(config), force);
        INFO(who);
        if (!applied) FAIL(applied.error().message);
    }
    void update(const std::string& who, Json next) {
        managers = managers_after_update(type_, object, next, managers, writer(who));
        object = std::move(next);
    }
    [[nodiscard]] std::vector<std::string> owned_by(const std::string& who) const {
        std::vector<std::string> paths;
        for (const auto& manager : managers) {
            if (manager.name != who) continue;
            for (auto& path : schema::paths_of(manager.fields)) paths.push_back(std::move(path));
        }
        return paths;
    }

    Json object;
    FieldManagers managers;

private:
    const schema::Type& type_;
};

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("Server-side apply: the applier owns what it wrote, and nothing else", "[ssa]") {
    Story story(config_map());
    story.must_apply("ann", data({{"k", "v"}}));
    CHECK(story.object["data"] == Json{{"k", "v"}});
    CHECK(story.owned_by("ann") == Paths{".data.k"});
}

TEST_CASE("Server-side apply: what an applier leaves out goes, what others have stays", "[ssa]") {
    Story story(config_map());
    story.must_apply("ann", data({{"mine", "1"}, {"shared", "1"}}));
    story.must_apply("bob", data({{"shared", "1"}, {"his", "1"}}));
    story.must_apply("ann", data(Json::object()));
    CHECK(story.object["data"] == Json{{"shared", "1"}, {"his", "1"}});
    CHECK(story.owned_by("bob") == Paths{".data.his", ".data.shared"});
}

TEST_CASE("Server-side apply: another value than somebody else's is a conflict", "[ssa]") {
    Story story(config_map());
    story.must_apply("ann", data({{"k", "1"}, {"l", "1"}}));
    const auto refused = story.apply("bob", data({{"k", "2"}}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == Reason::Conflict);
    CHECK(
        refused.error().message == R"(Apply failed with 1 conflict: conflict with "ann": .data.k)");
    REQUIRE(refused.error().causes.size() == 1);
    CHECK(refused.error().causes[0].field == ".data.k");
    CHECK(cause_name(refused.error().causes[0]) == "FieldManagerConflict");
    CHECK(story.object["data"]["k"] == "1");

    const auto twice = story.apply("bob", data({{"k", "2"}, {"l", "2"}}));
    REQUIRE_FALSE(twice);
    CHECK(
        twice.error().message ==
        "Apply failed with 2 conflicts: conflicts with \"ann\":\n- .data.k\n- .data.l");
}

TEST_CASE("Server-side apply: forced, the field changes hands", "[ssa]") {
    Story story(config_map());
    story.must_apply("ann", data({{"k", "1"}, {"l", "1"}}));
    story.must_apply("bob", data({{"k", "2"}}), true);
    CHECK(story.object["data"] == Json{{"k", "2"}, {"l", "1"}});
    CHECK(story.owned_by("ann") == Paths{".data.l"});
    CHECK(story.owned_by("bob") == Paths{".data.k"});
    // What ann has lost is not hers to take away.
    story.must_apply("ann", data({{"l", "1"}}));
    CHECK(story.object["data"] == Json{{"k", "2"}, {"l", "1"}});
}

TEST_CASE("Server-side apply: the same value is shared", "[ssa]") {
    Story story(config_map());
    story.must_apply("ann", data({{"k", "1"}}));
    story.must_apply("bob", data({{"k", "1"}}));
    CHECK(story.owned_by("ann") == Paths{".data.k"});
    CHECK(story.owned_by("bob") == Paths{".data.k"});
}

TEST_CASE("Server-side apply: another write takes a field from its applier", "[ssa]") {
    Story story(config_map());
    story.must_apply("ann", data({{"k", "1"}, {"l", "1"}}));
    auto next = story.object;
    next["data"]["k"] = "2";
    next["data"].erase("l");
    story.update("editor", next);
    CHECK(story.owned_by("editor") == Paths{".data.k"});
    CHECK(story.owned_by("ann").empty());
    const auto refused = story.apply("ann", data({{"k", "1"}}));
    REQUIRE_FALSE(refused);
    CHECK(
        refused.error().message ==
        R"(Apply failed with 1 conflict: conflict with "editor" using v1 at 2026-01-02T03:04:05Z: .data.k)");
}

TEST_CASE("Server-side apply: an object of unknown origin belongs to whoever made it", "[ssa]") {
    Story story(config_map());
    story.object = data({{"k", "1"}, {"l", "1"}});
    CHECK_FALSE(story.apply("ann", data({{"k", "2"}})));
    story.must_apply("ann", data({{"k", "2"}}), true);
    CHECK(story.object["data"] == Json{{"k", "2"}, {"l", "1"}});
    CHECK(story.owned_by("before-first-apply") == Paths{".data", ".data.l"});
}

TEST_CASE("Server-side apply: lists merge by their keys, in the order applied", "[ssa]") {
    Story story(daemon_set_type());
    story.must_apply("ann", containers({{{"name", "main"}, {"image", "m"}}}));
    story.must_apply("bob", containers({{{"name", "side"}, {"image", "s"}}}));
    CHECK(
        containers_of(story.object) ==
        Json{{{"name", "main"}, {"image", "m"}}, {{"name", "side"}, {"image", "s"}}});

    SECTION("one more field of the same element") {
        story.must_apply("bob", containers({{{"name", "main"}, {"tty", true}}}));
        CHECK(
            containers_of(story.object) ==
            Json::array({{{"name", "main"}, {"image", "m"}, {"tty", true}}}));
        story.must_apply("ann", containers(Json::array()));
        // bob still has the element, so only ann's own field of it goes.
        CHECK(containers_of(story.object) == Json::array({{{"name", "main"}, {"tty", true}}}));
    }
    SECTION("the order of the last applier") {
        story.must_apply(
            "ann",
            containers(
                {{{"name", "side"}}, {{"name", "new"}}, {{"name", "main"}, {"image", "m"}}}));
        Json names = Json::array();
        for (const auto& one : containers_of(story.object)) names.push_back(one["name"]);
        CHECK(names == Json{"side", "new", "main"});
    }
    SECTION("an element given up goes with what nobody owns in it") {
        auto defaulted = story.object;
        defaulted["spec"]["template"]["spec"]["containers"][1]["imagePullPolicy"] = "Always";
        story.object = defaulted;
        story.must_apply("bob", containers(Json::array()));
        CHECK(containers_of(story.object) == Json::array({{{"name", "main"}, {"image", "m"}}}));
    }
}

TEST_CASE("Server-side apply: a list element without its key, or given twice", "[ssa]") {
    Story story(daemon_set_type());
    const auto keyless = story.apply("ann", containers({{{"image", "m"}}}));
    REQUIRE_FALSE(keyless);
    CHECK(keyless.error().reason == Reason::BadRequest);
    CHECK(keyless.error().message.find("spec.template.spec.containers[0]") == 0);
    const auto twice = story.apply("ann", containers({{{"name", "a"}}, {{"name", "a"}}}));
    REQUIRE_FALSE(twice);
    CHECK(twice.error().message.find("same key") != std::string::npos);
}

TEST_CASE("Server-side apply: status belongs to its own subresource", "[ssa]") {
    Story story(daemon_set_type());
    auto config = containers({{{"name", "main"}, {"image", "m"}}});
    config["status"] = {{"numberReady", 3}};
    story.must_apply("ann", config);
    CHECK_FALSE(story.object.contains("status"));

    auto of_status = writer("ann");
    of_status.subresource = "status";
    const auto applied =
        apply_config(daemon_set_type(), story.object, config, story.managers, of_status, false);
    REQUIRE(applied);
    CHECK(applied->document["status"]["numberReady"] == 3);
    CHECK(applied->managers.size() == 2);
    CHECK(containers_of(applied->document) == containers_of(story.object));
}

TEST_CASE(
    "Managed fields: who makes an object does not manage the status it starts with", "[ssa]") {
    Story story(daemon_set_type());
    auto object = containers({{{"name", "main"}}});
    object["status"] = {{"numberReady", 0}};
    story.update("ann", object);
    CHECK(
        story.owned_by("ann") == Paths{
                                     ".spec.template.spec.containers",
                                     R"(.spec.template.spec.containers[name="main"])",
                                     R"(.spec.template.spec.containers[name="main"].name)"});
}

TEST_CASE("Server-side apply: kubectl may take over what client-side apply left", "[ssa]") {
    Story story(config_map());
    auto object = data({{"k", "1"}, {"edited", "1"}});
    object["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
        data({{"k", "1"}, {"edited", "0"}}).dump();
    story.update("kubectl-client-side-apply", object);
    CHECK_FALSE(story.apply("other", data({{"k", "2"}})));
    CHECK_FALSE(story.apply("kubectl", data({{"edited", "2"}})));
    story.must_apply("kubectl", data({{"k", "2"}}));
    CHECK(story.object["data"]["k"] == "2");
}

TEST_CASE("Managed fields: entries of other writers are bounded", "[ssa]") {
    Story story(config_map());
    story.must_apply("ann", data({{"ann", "1"}}));
    auto object = story.object;
    for (int i = 0; i < 30; ++i) {
        object["data"]["k" + std::to_string(i)] = "v";
        story.managers = managers_after_update(
            config_map(), story.object, object, story.managers, writer("w" + std::to_string(i), i));
        story.object = object;
    }
    const auto updates = std::count_if(
        story.managers.begin(), story.managers.end(), [](const auto& one) { return !one.applies; });
    CHECK(updates == kMaxUpdateManagers);
    CHECK(story.owned_by("ancient-changes").size() == 30 - kMaxUpdateManagers + 1);
    CHECK(story.owned_by("ann") == Paths{".data.ann"});
}

TEST_CASE("Managed fields: what is written is read back", "[ssa]") {
    Story story(daemon_set_type());
    story.must_apply("ann", containers({{{"name", "main"}, {"image", "m"}}}));
    story.update("bob", [&] {
        auto next = story.object;
        next["metadata"]["labels"] = {{"a", "b"}};
        return next;
    }());
    const Json object = {{"metadata", {{"managedFields", format_managed_fields(story.managers)}}}};
    const auto again = parse_managed_fields(object);
    REQUIRE(again);
    CHECK(format_managed_fields(*again) == object["metadata"]["managedFields"]);
    CHECK(object["metadata"]["managedFields"][0]["operation"] == "Apply");
    CHECK(object["metadata"]["managedFields"][1]["manager"] == "bob");
    CHECK(object["metadata"]["managedFields"][1]["fieldsType"] == "FieldsV1");
    CHECK_FALSE(parse_managed_fields({{"metadata", {{"managedFields", Json::array({1})}}}}));
}
