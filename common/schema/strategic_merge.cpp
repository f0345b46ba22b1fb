#include "common/schema/list_order.hpp"
#include "common/schema/merge_steps.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace picket::schema {
namespace {

bool is_directive(std::string_view name) {
    return name == kPatchDirective || name == kRetainKeys || name.starts_with(kSetElementOrder) ||
           name.starts_with(kDeleteFromPrimitiveList);
}

/// The field that "$setElementOrder/finalizers" speaks of.
std::optional<std::string> directed_field(std::string_view name, std::string_view directive) {
    if (!name.starts_with(directive)) return std::nullopt;
    return std::string(name.substr(directive.size()));
}

const Field* field_of(const Type* type, std::string_view name) {
    return type == nullptr ? nullptr : type->find(name);
}

Json* member_of(Json& object, const std::string& name) {
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

const Json* member_of(const Json& object, const std::string& name) {
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

/// `$patch: replace` makes the rest of the patch the value; `$patch: delete` empties it.
Result<void> apply_patch_directive(Json& target, const Json& patch) {
    const Json& directive = patch.at(kPatchDirective);
    if (directive == "delete") {
        target = Json::object();
    } else if (directive == "replace") {
        target = patch;
        target.erase(std::string(kPatchDirective));
    } else {
        return malformed_patch(fmt::format("unknown $patch {}", directive.dump()));
    }
    return Ok();
}

/// Drops every member that the list does not name. What the patch sets must be named.
Result<void> apply_retain_keys(Json& target, const Json& patch) {
    const Json* keys = member_of(patch, std::string(kRetainKeys));
    if (keys == nullptr) return Ok();
    if (!keys->is_array()) return malformed_patch("invalid patch format of retainKeys");
    const Positions retained = positions(*keys, {});
    for (const auto& [name, value] : patch.items()) {
        if (!value.is_null() && !is_directive(name) && !retained.contains(name)) {
            return malformed_patch("invalid patch format of retainKeys: it does not name " + name);
        }
    }
    auto& members = target.get_ref<Json::object_t&>();
    std::erase_if(members, [&](const auto& member) { return !retained.contains(member.first); });
    return Ok();
}

void add_member(Json& target, const std::string& name, const Json& value) {
    Json fresh = value;
    if (strip_directives(fresh)) target[name] = std::move(fresh);
}

/// What says how the members of a field's value merge; those of a map need nothing.
const Type* inner_type(const Field* field) {
    return field == nullptr || field->kind != Field::Kind::Object ? nullptr : field->type;
}

Result<void> merge_member(
    const Type* type, Json& target, const std::string& name, const Json& value) {
    Json* existing = member_of(target, name);
    if (value.is_null()) {
        target.erase(name);
    } else if (existing == nullptr) {
        add_member(target, name, value);
    } else if (existing->is_object() && value.is_object()) {
        return merge_object(inner_type(field_of(type, name)), *existing, value);
    } else if (existing->is_array() && value.is_array()) {
        return merge_list(field_of(type, name), *existing, value);
    } else {
        *existing = nullptr;
        add_member(target, name, value);
    }
    return Ok();
}

/// Brings a list into the order its directive gives, after the patch was merged into it.
Result<void> order_member(
    const Type* type,
    const Json& original,
    Json& target,
    const Json& patch,
    const std::string& name,
    const Json& order) {
    Json* list = member_of(target, name);
    if (list == nullptr || list->is_null()) return Ok();
    if (!list->is_array() || !order.is_array()) {
        return malformed_patch(fmt::format("$setElementOrder/{} is about lists only", name));
    }
    const Json* before = member_of(original, name);
    const bool was_list = before != nullptr && before->is_array();
    const Json* patched = member_of(patch, name);
    const bool patches_list = patched != nullptr && patched->is_array();
    return set_element_order(
        field_of(type, name),
        *list,
        order,
        was_list ? *before : Json::array(),
        patches_list ? patched : nullptr);
}

Result<void> delete_from_member(Json& target, const std::string& name, const Json& unwanted) {
    Json* list = member_of(target, name);
    if (list == nullptr || !list->is_array()) return Ok();
    if (!unwanted.is_array()) {
        return malformed_patch(fmt::format("$deleteFromPrimitiveList/{} must be a list", name));
    }
    delete_from_list(*list, unwanted);
    return Ok();
}

Result<void> merge_members(const Type* type, Json& target, const Json& patch) {
    for (const auto& [name, value] : patch.items()) {
        if (is_directive(name)) continue;
        if (auto merged = merge_member(type, target, name, value); !merged) return merged;
    }
    return Ok();
}

bool has_list_directive(const Json& patch) {
    const auto& members = patch.get_ref<const Json::object_t&>();
    const auto first = members.lower_bound("$");
    return first != members.end() && first->first.starts_with('$');
}

/// Orders first, deletions last: an order list names what the patch leaves, not what it removes.
Result<void> apply_list_directives(
    const Type* type, const Json& original, Json& target, const Json& patch) {
    for (const auto& [directive, value] : patch.items()) {
        if (const auto name = directed_field(directive, kSetElementOrder)) {
            auto done = order_member(type, original, target, patch, *name, value);
            if (!done) return done;
        }
    }
    for (const auto& [directive, value] : patch.items()) {
        if (const auto name = directed_field(directive, kDeleteFromPrimitiveList)) {
            if (auto done = delete_from_member(target, *name, value); !done) return done;
        }
    }
    return Ok();
}

bool strip_object(Json& value) {
    if (value.contains(kPatchDirective)) return false;
    auto& members = value.get_ref<Json::object_t&>();
    for (auto member = members.begin(); member != members.end();) {
        const bool kept = !is_directive(member->first) && strip_directives(member->second);
        member = kept ? std::next(member) : members.erase(member);
    }
    return true;
}

/// Elements only lose their directives: a null is left to be reported, as a wrong element.
void strip_list(Json::array_t& elements) {
    Json::array_t kept;
    kept.reserve(elements.size());
    for (auto& element : elements) {
        if (!element.is_object() || strip_object(element)) kept.push_back(std::move(element));
    }
    elements = std::move(kept);
}

}  // namespace

Error malformed_patch(std::string_view why) {
    return {
        .reason = Reason::BadRequest,
        .message = fmt::format("invalid strategic merge patch: {}", why)};
}

bool strip_directives(Json& value) {
    if (value.is_object()) return strip_object(value);
    if (value.is_array()) strip_list(value.get_ref<Json::array_t&>());
    return !value.is_null();
}

Result<void> merge_object(const Type* type, Json& target, const Json& patch) {
    if (patch.contains(kPatchDirective)) return apply_patch_directive(target, patch);
    if (auto retained = apply_retain_keys(target, patch); !retained) return retained;
    if (!has_list_directive(patch)) return merge_members(type, target, patch);
    const Json original = target;
    if (auto merged = merge_members(type, target, patch); !merged) return merged;
    return apply_list_directives(type, original, target, patch);
}

Result<Json> strategic_merge(const Type& type, Json document, const Json& patch) {
    if (!patch.is_object()) return malformed_patch("it must be an object");
    if (!document.is_object()) document = Json::object();
    if (auto merged = merge_object(&type, document, patch); !merged) return merged.error();
    return document;
}

}  // namespace picket::schema
