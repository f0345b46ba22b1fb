#include "apiserver/routes/object_draft.hpp"

#include "apiserver/registry/document.hpp"
#include "common/api/status.hpp"
#include "common/schema/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

Error undecodable(const ObjectIdentity& identity, std::string_view why) {
    const auto kind = identity.resource.kind;
    const auto version = split_group_version(identity.group_version).version;
    return bad_request(fmt::format(
        "{} in version \"{}\" cannot be handled as a {}: {}", kind, version, kind, why));
}

/// Sets `object[key]` if it is absent or empty; false if it says something else than `value`.
bool match_text(Json& object, const char* key, std::string_view value) {
    auto& member = object[key];
    if (member.is_null() || member == "") member = value;
    return member == value;
}

void drop_unknown(const schema::Type& type, Json& document);

void drop_unknown_in(const schema::Field& field, Json& value) {
    if (field.type == nullptr) return;
    if (field.kind == schema::Field::Kind::Object) return drop_unknown(*field.type, value);
    if (!value.is_structured()) return;
    for (auto& element : value) drop_unknown(*field.type, element);
}

void drop_unknown(const schema::Type& type, Json& document) {
    if (!document.is_object()) return;
    auto& members = document.get_ref<Json::object_t&>();
    std::erase_if(members, [&](const auto& member) { return type.find(member.first) == nullptr; });
    for (auto& [name, value] : members) drop_unknown_in(*type.find(name), value);
}

/// "unknown field "spec.x"", "duplicate field "spec.y""
std::vector<std::string> strictness_problems(
    const std::vector<std::string>& unknown, const std::vector<std::string>& duplicate) {
    std::vector<std::string> problems;
    for (const auto& path : unknown) problems.push_back(fmt::format("unknown field \"{}\"", path));
    for (const auto& path : duplicate) {
        problems.push_back(fmt::format("duplicate field \"{}\"", path));
    }
    return problems;
}

Result<void> apply_strictness(
    const ObjectIdentity& identity,
    std::vector<std::string> problems,
    FieldValidation validation,
    Draft& draft) {
    if (problems.empty() || validation == FieldValidation::Ignore) return Ok();
    if (validation == FieldValidation::Strict) {
        return undecodable(
            identity, fmt::format("strict decoding error: {}", fmt::join(problems, ", ")));
    }
    draft.warnings = std::move(problems);
    return Ok();
}

/// The check of what the client wrote, in the client's version.
Result<void> check_as_sent(
    const ObjectIdentity& identity,
    const std::vector<std::string>& duplicates,
    const WriteOptions& options,
    Draft& draft) {
    const auto* type = schema::find_kind(identity.group_version, identity.resource.kind);
    if (type == nullptr) return Ok();
    auto found = schema::check(*type, draft.object);
    if (!found.type_errors.empty()) {
        return undecodable(identity, fmt::format("{}", fmt::join(found.type_errors, ", ")));
    }
    if (!found.unknown_fields.empty()) drop_unknown(*type, draft.object);
    draft.stored_only = std::move(found.stored_only);
    return apply_strictness(
        identity,
        strictness_problems(found.unknown_fields, duplicates),
        options.field_validation,
        draft);
}

/// Defaults, then the check for what is still missing or not allowed, in the stored version.
void complete(
    const ObjectIdentity& identity, const registry::RequestContext& context, Draft& draft) {
    const auto stored_version = identity.resource.group_versions.front();
    draft.object["apiVersion"] = stored_version;
    const auto* type = schema::find_kind(stored_version, identity.resource.kind);
    if (type != nullptr) schema::apply_defaults(*type, draft.object);
    registry::strategy_for(identity.resource).default_object(draft.object, context);
    if (type != nullptr) draft.errors = schema::check(*type, draft.object).errors;
}

}  // namespace

Result<void> match_identity(const ObjectIdentity& identity, Json& document) {
    if (!document.is_object()) {
        return undecodable(identity, "the body of the request is not an object");
    }
    if (!match_text(document, "kind", identity.resource.kind) ||
        !match_text(document, "apiVersion", identity.group_version)) {
        return bad_request(fmt::format(
            "the API version in the data ({}, {}) does not match the expected API version ({}, {})",
            registry::text_at(document, {"apiVersion"}),
            registry::text_at(document, {"kind"}),
            identity.group_version,
            identity.resource.kind));
    }
    auto& metadata = document["metadata"];
    if (metadata.is_null()) metadata = Json::object();
    if (!metadata.is_object()) return undecodable(identity, "metadata: not an object");
    if (identity.resource.namespaced &&
        !match_text(metadata, "namespace", identity.namespace_name)) {
        return bad_request(
            "the namespace of the provided object does not match the namespace sent on the "
            "request");
    }
    if (!identity.resource.namespaced) metadata.erase("namespace");
    if (!identity.name.empty() && !match_text(metadata, "name", identity.name)) {
        return bad_request(fmt::format(
            "the name of the object ({}) does not match the name on the URL ({})",
            registry::text_at(metadata, {"name"}),
            identity.name));
    }
    return Ok();
}

Result<Draft> draft_object(
    const ObjectIdentity& identity,
    DecodedBody body,
    const WriteOptions& options,
    const registry::RequestContext& context) {
    Draft draft;
    draft.object = std::move(body.document);
    const auto matched = match_identity(identity, draft.object);
    if (!matched) return matched.error();
    const auto checked = check_as_sent(identity, body.duplicate_fields, options, draft);
    if (!checked) return checked.error();
    const auto decoded = registry::strategy_for(identity.resource).decode(draft.object, context);
    if (!decoded) return decoded.error();
    complete(identity, context, draft);
    return draft;
}

}  // namespace picket::apiserver
