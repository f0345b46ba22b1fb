#include "apiserver/registry/managed_fields.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/registry/untracked_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

namespace picket::registry {
namespace {

using schema::FieldSet;

constexpr std::string_view kAncient = "ancient-changes";
constexpr const char* kFieldsType = "FieldsV1";

std::optional<FieldManager> parse_entry(const Json& entry) {
    const auto operation = text_at(entry, {"operation"});
    const auto type = text_at(entry, {"fieldsType"});
    auto fields = schema::parse_field_set(member(entry, "fieldsV1"));
    if ((operation != "Apply" && operation != "Update") || type != kFieldsType || !fields) {
        return std::nullopt;
    }
    return FieldManager{
        text_at(entry, {"manager"}),
        operation == "Apply",
        text_at(entry, {"apiVersion"}),
        text_at(entry, {"subresource"}),
        text_at(entry, {"time"}),
        std::move(*fields)};
}

Json format_entry(const FieldManager& manager) {
    Json entry = {
        {"manager", manager.name},
        {"operation", manager.applies ? "Apply" : "Update"},
        {"apiVersion", manager.api_version},
        {"fieldsType", kFieldsType},
        {"fieldsV1", schema::format_field_set(manager.fields)}};
    if (!manager.time.empty()) entry["time"] = manager.time;
    if (!manager.subresource.empty()) entry["subresource"] = manager.subresource;
    return entry;
}

auto order_of(const FieldManager& manager) {
    return std::make_tuple(
        !manager.applies, manager.time, manager.name, manager.api_version, manager.subresource);
}

/// The oldest entries of operation Update become one, so that the list does not grow without bound.
void merge_oldest(FieldManagers& managers) {
    std::ranges::sort(managers, {}, order_of);
    const auto first = std::ranges::find(managers, false, &FieldManager::applies);
    const auto updates = static_cast<std::size_t>(managers.end() - first);
    if (updates <= kMaxUpdateManagers) return;
    const auto last = first + static_cast<std::ptrdiff_t>(updates - kMaxUpdateManagers);
    FieldManager ancient = *last;
    ancient.name = kAncient;
    for (auto old = first; old != last; ++old) {
        ancient.fields = schema::union_of(std::move(ancient.fields), old->fields);
    }
    *last = std::move(ancient);
    managers.erase(first, last);
}

void drop_empty(FieldManagers& managers) {
    std::erase_if(managers, [](const FieldManager& one) { return one.fields.empty(); });
}

}  // namespace

bool FieldManager::same_entry(const FieldManager& other) const {
    return name == other.name && applies == other.applies && api_version == other.api_version &&
           subresource == other.subresource;
}

std::optional<FieldManagers> parse_managed_fields(const Json& object) {
    const auto& entries = at(object, {"metadata", "managedFields"});
    if (!entries.is_array() || entries.empty()) return std::nullopt;
    FieldManagers managers;
    for (const auto& entry : entries) {
        auto manager = parse_entry(entry);
        if (!manager) return std::nullopt;
        managers.push_back(std::move(*manager));
    }
    return managers;
}

Json format_managed_fields(FieldManagers managers) {
    if (managers.empty()) return nullptr;
    std::ranges::sort(managers, {}, order_of);
    Json entries = Json::array();
    for (const auto& manager : managers) entries.push_back(format_entry(manager));
    return entries;
}

FieldManagers managers_after_update(
    const schema::Type& type,
    const Json& before,
    const Json& after,
    FieldManagers managers,
    const FieldWriter& writer) {
    static const Json nothing = Json::object();
    auto changes = schema::compare_fields(type, before.is_object() ? before : nothing, after);
    for (auto* part : {&changes.set, &changes.removed}) {
        drop_untracked(*part);
        keep_scope(*part, writer.subresource == "status");
    }
    FieldManager mine{writer.name, false, writer.api_version, writer.subresource, {}, {}};
    const auto lost = schema::union_of(changes.set, changes.removed);
    bool known = false;
    for (auto& manager : managers) {
        const bool is_writer = manager.same_entry(mine);
        const auto had = manager.fields;
        manager.fields = schema::difference_of(std::move(manager.fields), lost);
        if (!is_writer) continue;
        known = true;
        manager.fields = schema::union_of(std::move(manager.fields), changes.set);
        if (manager.fields != had) manager.time = format_time(writer.now);
    }
    if (!known) {
        mine.fields = std::move(changes.set);
        mine.time = format_time(writer.now);
        managers.push_back(std::move(mine));
    }
    drop_empty(managers);
    merge_oldest(managers);
    return managers;
}

}  // namespace picket::registry
