#include "apiserver/routes/patch_document.hpp"

#include "apiserver/routes/object_view.hpp"
#include "common/api/status.hpp"
#include "common/schema/schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

// As many operations as Kubernetes allows.
constexpr std::size_t kMaxOperations = 10'000;
// Each copy can double the document, so a short patch could ask for all memory there is.
constexpr std::ptrdiff_t kMaxCopies = 8;

struct PatchRow {
    std::string_view media_type;
    PatchKind kind;
};
constexpr PatchRow kPatchKinds[] = {
    {"application/strategic-merge-patch+json", PatchKind::StrategicMerge},
    {"application/merge-patch+json", PatchKind::Merge},
    {"application/json-patch+json", PatchKind::Json},
};

Error unsupported(std::string_view media_type) {
    return {
        Reason::UnsupportedMediaType,
        fmt::format(
            "the body of the request was in an unknown format ({}) - accepted media types include: "
            "application/json-patch+json, application/merge-patch+json, "
            "application/strategic-merge-patch+json, application/apply-patch+yaml",
            media_type)};
}

Result<void> check_operations(const Json& operations) {
    if (!operations.is_array()) return bad_request("a JSON patch is a list of operations");
    if (operations.size() > kMaxOperations) {
        return Error{
            Reason::RequestEntityTooLarge,
            fmt::format("a JSON patch may have {} operations", kMaxOperations)};
    }
    const auto copies = std::ranges::count_if(operations, [](const Json& operation) {
        return operation.is_object() && operation.value("op", Json()) == "copy";
    });
    if (copies <= kMaxCopies) return Ok();
    return Error{
        Reason::RequestEntityTooLarge,
        fmt::format("a JSON patch may have {} copy operations", kMaxCopies)};
}

Result<void> check_shape(const PatchDocument& patch) {
    if (patch.kind == PatchKind::Json) return check_operations(patch.document);
    if (!patch.document.is_object()) return bad_request("a merge patch is an object");
    return Ok();
}

Result<Json> patched(
    const PatchDocument& patch,
    const Resource& resource,
    std::string_view group_version,
    Json object) {
    switch (patch.kind) {
        case PatchKind::Merge:
            return schema::merge_patch(std::move(object), patch.document);
        case PatchKind::Json:
            return schema::json_patch(std::move(object), patch.document);
        case PatchKind::StrategicMerge:
            break;
    }
    const auto* type = schema::find_kind(group_version, resource.kind);
    if (type == nullptr) return unsupported("application/strategic-merge-patch+json");
    return schema::strategic_merge(*type, std::move(object), patch.document);
}

}  // namespace

Result<PatchDocument> parse_patch(
    std::string_view media_type, std::string_view body, bool find_duplicates) {
    const auto row = std::ranges::find(kPatchKinds, media_type, &PatchRow::media_type);
    if (row == std::end(kPatchKinds)) return unsupported(media_type);
    // An operation of a JSON patch is no part of the object: a path there would mean nothing.
    auto parsed = parse_json_body(body, find_duplicates && row->kind != PatchKind::Json);
    if (!parsed) return parsed.error();
    PatchDocument patch{
        row->kind, std::move(parsed->document), std::move(parsed->duplicate_fields)};
    const auto shape = check_shape(patch);
    if (!shape) return shape.error();
    return patch;
}

Result<DecodedBody> apply_patch(
    const PatchDocument& patch,
    const Resource& resource,
    std::string_view group_version,
    const Json& stored) {
    auto result =
        patched(patch, resource, group_version, in_version(resource, stored, group_version));
    if (!result) return result.error();
    return DecodedBody{std::move(*result), patch.duplicate_fields};
}

}  // namespace picket::apiserver
