#include "apiserver/registry/managed_fields.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <random>

using namespace picket;
using namespace picket::registry;

namespace {

const TimePoint kNow = *parse_time("2026-01-02T03:04:05Z");

/// Small random manifests over the same few names, so that appliers meet.
class Manifests {
public:
    explicit Manifests(unsigned seed) : random_(seed) {}

    Json next() {
        Json object = {
            {"apiVersion", "apps/v1"}, {"kind", "DaemonSet"}, {"metadata", {{"name", "a"}}}};
        if (coin()) object["metadata"]["labels"] = map();
        if (coin()) object["metadata"]["finalizers"] = names();
        auto& pod = object["spec"]["template"]["spec"];
        pod = Json::object();
        if (coin()) pod["nodeSelector"] = map();
        pod["hostNetwork"] = coin();  // an empty object would be a field of its own
        if (coin()) pod["tolerations"] = Json::array({{{"key", word()}}});
        if (coin()) pod["containers"] = containers();
        return object;
    }
    bool coin() { return number(2) == 0; }

private:
    int number(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
    std::string word() { return std::string(1, static_cast<char>('a' + number(3))); }
    Json map() {
        Json map = Json::object();
        for (int i = number(3); i >= 0; --i) map[word()] = word();
        return map;
    }
    Json names() {
        Json list = Json::array();
        for (const auto* name : {"x", "y", "z"}) {
            if (coin()) list.push_back(name);
        }
        return list;
    }
    Json containers() {
        Json list = Json::array();
        for (const auto* name : {"main", "side", "more"}) {
            if (!coin()) continue;
            Json container = {{"name", name}};
            if (coin()) container["image"] = word();
            if (coin()) {
                container["env"] = Json::array({{{"name", word()}, {"value", word()}}});
            }
            if (coin()) container["ports"] = Json::array({{{"containerPort", 80 + number(2)}}});
            list.push_back(std::move(container));
        }
        return list;
    }

    std::mt19937 random_;
};

const schema::Type& daemon_set() {
    return *schema::find_kind("apps/v1", "DaemonSet");
}

AppliedDocument applied(const AppliedDocument& state, const std::string& who, const Json& config) {
    auto result = apply_config(
        daemon_set(), state.document, config, state.managers, {who, "apps/v1", "", kNow}, true);
    if (!result) FAIL(result.error().message << "\n" << config.dump());
    return std::move(*result);
}

schema::FieldSet fields_of_manager(const AppliedDocument& state, const std::string& who) {
    for (const auto& manager : state.managers) {
        if (manager.name == who) return manager.fields;
    }
    return {};
}

/// Every path of `part` is one of `whole`, or stands for a piece that has become larger.
bool within(const schema::FieldSet& part, const schema::FieldSet& whole) {
    return schema::difference_of(part, whole).empty();
}

}  // namespace

TEST_CASE("Server-side apply: properties over random stories", "[ssa]") {
    const auto seed = GENERATE(range(1U, 60U));
    CAPTURE(seed);
    Manifests manifests(seed);
    AppliedDocument state{Json(), {}};
    const std::vector<std::string> appliers = {"ann", "bob", "cleo"};
    for (int step = 0; step < 12; ++step) {
        const auto& who = appliers[static_cast<std::size_t>(step) % appliers.size()];
        const auto config = manifests.next();
        CAPTURE(step, who, config.dump(), state.document.dump());
        const auto next = applied(state, who, config);

        // Applying twice changes nothing: neither the object nor who owns what.
        const auto again = applied(next, who, config);
        CHECK(again.document == next.document);
        CHECK(format_managed_fields(again.managers) == format_managed_fields(next.managers));

        // What was applied is there: applying it once more on top would change nothing.
        const auto present = schema::fields_of(daemon_set(), next.document, true);
        for (const auto& manager : next.managers) {
            CAPTURE(manager.name);
            CHECK(within(manager.fields, present));
        }

        // The writer's set is that of its config, and a field has one value for all its owners.
        CHECK(within(fields_of_manager(next, who), schema::fields_of(daemon_set(), config, true)));

        // Giving everything up leaves what the others own, with nothing of one's own beside it.
        const auto without = applied(
            next,
            who,
            {{"apiVersion", "apps/v1"}, {"kind", "DaemonSet"}, {"metadata", {{"name", "a"}}}});
        CHECK(fields_of_manager(without, who).empty());
        for (const auto& other : appliers) {
            if (other == who) continue;
            CHECK(fields_of_manager(without, other) == fields_of_manager(next, other));
        }
        state = next;
    }
}
