#include "apiserver/registry/document.hpp"
#include "apiserver/registry/managed_fields.hpp"
#include "apiserver/registry/untracked_fields.hpp"
#include "common/schema/apply_merge.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace picket::registry {
namespace {

using schema::FieldSet;

constexpr const char* kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
constexpr std::string_view kBeforeFirstApply = "before-first-apply";

/// A config may hold the status that `kubectl get -o yaml` printed along; it means nothing there.
void cut_to_scope(Json& config, bool status) {
    if (!status) return drop(config, "status");
    Json rest = Json::object();
    for (const auto* key : {"apiVersion", "kind", "status"}) restore(rest, config, key);
    Json& metadata = rest["metadata"] = Json::object();
    for (const auto* key : {"name", "namespace", "uid", "resourceVersion"}) {
        restore(metadata, member(config, "metadata"), key);
    }
    config = std::move(rest);
}

FieldSet managed_part(FieldSet fields, bool status) {
    drop_untracked(fields);
    keep_scope(fields, status);
    return fields;
}

// ---- conflicts

struct FieldConflict {
    std::string manager;  ///< as messages show it
    std::string path;
};

/// `"kubectl-create" using apps/v1 at 2026-01-02T03:04:05Z`
std::string manager_text(const FieldManager& manager) {
    auto text = fmt::format("\"{}\"", manager.name);
    if (!manager.subresource.empty()) {
        text += fmt::format(" with subresource \"{}\"", manager.subresource);
    }
    if (manager.applies) return text;
    text += fmt::format(" using {}", manager.api_version);
    if (!manager.time.empty()) text += fmt::format(" at {}", manager.time);
    return text;
}

std::string conflict_text(const std::vector<FieldConflict>& conflicts) {
    if (conflicts.size() == 1) {
        return fmt::format(
            "Apply failed with 1 conflict: conflict with {}: {}",
            conflicts.front().manager,
            conflicts.front().path);
    }
    std::map<std::string, std::string> by_manager;
    for (const auto& conflict : conflicts) by_manager[conflict.manager] += "\n- " + conflict.path;
    std::string text = fmt::format("Apply failed with {} conflicts: ", conflicts.size());
    bool first = true;
    for (const auto& [manager, paths] : by_manager) {
        text += fmt::format("{}conflicts with {}:{}", first ? "" : "\n", manager, paths);
        first = false;
    }
    return text;
}

Error conflict_error_of(const std::vector<FieldConflict>& conflicts) {
    Error error{Reason::Conflict, conflict_text(conflicts)};
    for (const auto& conflict : conflicts) {
        error.causes.push_back(
            {CauseType::Other,
             conflict.path,
             fmt::format("conflict with {}", conflict.manager),
             "FieldManagerConflict"});
    }
    return error;
}

/// What client-side apply set last, as far as it still stands: kubectl may take that over when its
/// user turns to server-side apply.
FieldSet left_by_client_side_apply(
    const schema::Type& type, const Json& live, const FieldWriter& writer) {
    const auto text = text_at(live, {"metadata", "annotations", kLastApplied});
    if (writer.name != "kubectl" || text.empty()) return {};
    const auto applied = Json::parse(text, nullptr, false);
    if (!applied.is_object()) return {};
    const auto again = schema::apply_merge(type, live, applied);
    if (!again) return {};
    auto fields = schema::fields_of(type, applied, true);
    // The annotation itself is not part of what it remembers.
    fields.children["f:metadata"]
        .children["f:annotations"]
        .children[fmt::format("f:{}", kLastApplied)]
        .member = true;
    return schema::difference_of(std::move(fields), schema::compare_fields(type, live, *again).set);
}

/// The fields among `changed` that others manage; takes them from those where `force` says so.
std::vector<FieldConflict> take_over(
    FieldManagers& others, const FieldSet& changed, const FieldSet& free, bool force) {
    std::vector<FieldConflict> conflicts;
    for (auto& manager : others) {
        const auto disputed = schema::intersection_of(manager.fields, changed);
        const auto refused = force ? FieldSet() : schema::difference_of(disputed, free);
        for (auto& path : schema::paths_of(refused)) {
            conflicts.push_back({manager_text(manager), std::move(path)});
        }
        manager.fields = schema::difference_of(std::move(manager.fields), disputed);
    }
    return conflicts;
}

// ---- the writer's own entry

FieldManager own_entry(const FieldWriter& writer) {
    return {writer.name, true, writer.api_version, writer.subresource, {}, {}};
}

/// Takes the writer's entries out: also those of other versions of the API.
FieldManager take_own(FieldManagers& managers, const FieldWriter& writer) {
    auto mine = own_entry(writer);
    std::erase_if(managers, [&](const FieldManager& one) {
        const bool own =
            one.applies && one.name == mine.name && one.subresource == mine.subresource;
        if (!own) return false;
        mine.fields = schema::union_of(std::move(mine.fields), one.fields);
        mine.time = std::max(mine.time, one.time);
        return true;
    });
    return mine;
}

FieldSet union_of_all(const FieldManagers& managers) {
    FieldSet all;
    for (const auto& manager : managers) all = schema::union_of(std::move(all), manager.fields);
    return all;
}

/// Whoever made an object of which nothing is recorded made all of it.
void remember_origin(
    const schema::Type& type,
    const Json& live,
    const FieldWriter& writer,
    FieldManagers& managers) {
    if (!managers.empty() || !live.is_object()) return;
    auto fields = managed_part(schema::fields_of(type, live, true), false);
    managers.push_back(
        {std::string(kBeforeFirstApply),
         false,
         writer.api_version,
         "",
         format_time(writer.now),
         std::move(fields)});
}

}  // namespace

Result<AppliedDocument> apply_config(
    const schema::Type& type,
    const Json& live,
    Json config,
    FieldManagers managers,
    const FieldWriter& writer,
    bool force) {
    const bool status = writer.subresource == "status";
    cut_to_scope(config, status);
    schema::drop_absent(type, config);
    remember_origin(type, live, writer, managers);
    auto mine = take_own(managers, writer);
    const auto wanted = managed_part(schema::fields_of(type, config, false), status);

    const Json before = live.is_object() ? live : Json::object();
    auto merged = schema::apply_merge(type, before, config);
    if (!merged) return merged.error();
    auto changed = managed_part(schema::compare_fields(type, before, *merged).set, status);
    const auto free = left_by_client_side_apply(type, before, writer);
    const auto conflicts = take_over(managers, changed, free, force);
    if (!conflicts.empty()) return conflict_error_of(conflicts);

    const auto kept = schema::union_of(union_of_all(managers), wanted);
    const auto given_up = schema::difference_of(mine.fields, kept);
    schema::remove_fields(type, *merged, given_up, kept);

    if (mine.fields != wanted || mine.time.empty()) mine.time = format_time(writer.now);
    mine.fields = wanted;
    managers.push_back(std::move(mine));
    std::erase_if(managers, [](const FieldManager& one) { return one.fields.empty(); });
    return AppliedDocument{std::move(*merged), std::move(managers)};
}

}  // namespace picket::registry
