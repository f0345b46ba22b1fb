#include "apiserver/routes/field_manager.hpp"

#include "apiserver/registry/document.hpp"
#include "common/api/status.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace picket::apiserver {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::array<std::string_view, 3> kUntrackedKinds = {"Lease", "Event", "Token"};

Error invalid_manager(FieldError cause) {
    return invalid_error("meta.k8s.io", "PatchOptions", "", {std::move(cause)});
}

bool is_printable(std::string_view text) {
    return std::ranges::none_of(
        text, [](char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; });
}

std::string_view agent_name(const http::Headers& headers) {
    const auto agent = headers.find("User-Agent").value_or(std::string_view());
    const auto name = agent.substr(0, std::min(agent.find('/'), kMaxName));
    return name.empty() || !is_printable(name) ? "unknown" : name;
}

bool is_part_of_picket(const User& user) {
    return user.impersonated_by.empty() && (user.name == kControllerUser || user.node());
}

const schema::Type* stored_type(const Resource& resource) {
    return schema::find_kind(resource.group_versions.front(), resource.kind);
}

bool clears(const Json& sent) {
    return sent.is_array() && sent.size() == 1 && sent.front().empty();
}

/// The entries after the update, or nothing where they stay as they are.
std::optional<registry::FieldManagers> next_managers(
    const ManagerUpdate& update, const Json& old, const WritePlan& plan) {
    if (update.applied) return update.applied;
    if (!update.tracked) return std::nullopt;
    if (clears(update.sent)) return registry::FieldManagers();
    const Json sent_object = {{"metadata", {{"managedFields", update.sent}}}};
    auto sent = registry::parse_managed_fields(sent_object);
    const bool changed = plan.action == WritePlan::Action::Put;
    if (!sent && !changed) return std::nullopt;
    auto stored = registry::parse_managed_fields(old);
    auto base = sent ? std::move(sent) : std::move(stored);
    const auto* type = stored_type(update.resource);
    if (type == nullptr) return std::nullopt;
    return registry::managers_after_update(
        *type,
        old,
        plan.object,
        base ? std::move(*base) : registry::FieldManagers(),
        update.writer);
}

}  // namespace

Result<registry::FieldWriter> field_writer_of(const Call& call) {
    const auto given = call.url.parameter("fieldManager").value_or(std::string_view());
    if (given.size() > kMaxName) {
        return invalid_manager(field::too_long("fieldManager", "may not be more than 128 bytes"));
    }
    if (!is_printable(given)) {
        return invalid_manager(field::invalid(
            "fieldManager", std::string(given), "should only contain printable characters"));
    }
    const auto name = given.empty() ? agent_name(call.request.headers) : given;
    return registry::FieldWriter{
        std::string(name), call.info.group_version, call.info.subresource, call.now};
}

bool is_tracked(const Resource& resource, const User& user, const Json& old, UpdateScope scope) {
    if (std::ranges::find(kUntrackedKinds, resource.kind) != kUntrackedKinds.end()) return false;
    if (!is_part_of_picket(user)) return true;
    return scope == UpdateScope::Main &&
           registry::at(old, {"metadata", "managedFields"}).is_array();
}

void set_managers(Json& object, registry::FieldManagers managers) {
    auto entries = registry::format_managed_fields(std::move(managers));
    if (entries.is_null()) {
        registry::drop(object["metadata"], "managedFields");
    } else {
        object["metadata"]["managedFields"] = std::move(entries);
    }
}

void enter_creator(const Resource& resource, const registry::FieldWriter& writer, Json& object) {
    const auto* type = stored_type(resource);
    if (type == nullptr) return;
    set_managers(object, registry::managers_after_update(*type, Json(), object, {}, writer));
}

void enter_update(const ManagerUpdate& update, const Json& old, WritePlan& plan) {
    if (plan.action == WritePlan::Action::Remove) return;
    auto managers = next_managers(update, old, plan);
    if (!managers) return;
    set_managers(plan.object, std::move(*managers));
    if (plan.object != old) plan.action = WritePlan::Action::Put;
}

}  // namespace picket::apiserver
