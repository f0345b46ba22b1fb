#include "apiserver/registry/object_meta.hpp"

#include "apiserver/registry/document.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace picket::registry {
namespace {

constexpr std::array kServerOwned = {
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "resourceVersion",
    "selfLink",
    "managedFields",
    "generation"};
constexpr std::array kTimes = {"creationTimestamp", "deletionTimestamp"};

/// Room for five random characters in the 63 that most names may have.
constexpr std::size_t kGeneratedPrefix = 58;

void generate_name(Json& metadata, Random& random) {
    const auto prefix = json_read::text(metadata, "generateName");
    if (prefix.empty() || !json_read::text(metadata, "name").empty()) return;
    metadata["name"] = prefix.substr(0, kGeneratedPrefix) + random.name_suffix();
}

/// Clients write times back in their own form: "…05.000Z", "…05+00:00".
bool is_same_time(const Json& a, const Json& b) {
    if (!a.is_string() || !b.is_string()) return false;
    const auto time = parse_time(a.get_ref<const std::string&>());
    return time && time == parse_time(b.get_ref<const std::string&>());
}

}  // namespace

void fill_meta_for_create(Json& object, Random& random, const RequestContext& context) {
    auto& metadata = object_in(object, "metadata");
    for (const auto* key : kServerOwned) drop(metadata, key);
    generate_name(metadata, random);
    metadata["uid"] = random.uuid();
    metadata["creationTimestamp"] = format_time(context.now);
    if (has(object, "spec")) metadata["generation"] = 1;
}

void set_generation(Json& object, const Json& old, bool spec_changed) {
    object_in(object, "metadata")["generation"] =
        json_read::integer(member(old, "metadata"), "generation") + (spec_changed ? 1 : 0);
}

void restore_meta_for_update(Json& object, const Json& old) {
    auto& metadata = object_in(object, "metadata");
    const auto& before = member(old, "metadata");
    for (const auto* key : {"generation", "selfLink", "managedFields"})
        restore(metadata, before, key);
    for (const auto* key : {"uid", "deletionGracePeriodSeconds"}) {
        if (!has(metadata, key) || member(metadata, key) == "") restore(metadata, before, key);
    }
    for (const auto* key : kTimes) {
        const auto& time = member(metadata, key);
        if (time.is_null() || is_same_time(time, member(before, key)))
            restore(metadata, before, key);
    }
}

}  // namespace picket::registry
