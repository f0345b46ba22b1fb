#include "common/schema/schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket::schema {
namespace {

using Pointer = Json::json_pointer;

// A few bytes of patch could otherwise keep the server busy, or copy a document to any size.
constexpr std::size_t kMaxOperations = 10'000;
constexpr std::size_t kMaxCopiedBytes = 3U << 20U;

Error malformed(std::string_view why) {
    return {.reason = Reason::BadRequest, .message = fmt::format("invalid JSON patch: {}", why)};
}

Error not_applicable(const Json& operation, std::string_view why) {
    return {
        .reason = Reason::Invalid,
        .message = fmt::format("cannot apply JSON patch operation {}: {}", operation.dump(), why)};
}

/// The library's errors 104 to 108 without 106 are about the patch itself, all others about the
/// document it meets.
bool is_about_patch(const Json::exception& error) {
    constexpr std::array kPatchErrors = {104, 105, 107, 108};
    return std::ranges::find(kPatchErrors, error.id) != kPatchErrors.end();
}

/// The library's text without its own names for errors and without byte counts, which are of a
/// path.
std::string plain_text(const Json::exception& error) {
    constexpr int kTestFailed = 501;
    if (error.id == kTestFailed) return "the value there is another one";
    std::string_view text = error.what();
    text.remove_prefix(std::min(text.size(), text.find("] ") + 2));
    if (text.starts_with("parse error")) text.remove_prefix(text.find(": ") + 2);
    return std::string(text);
}

std::string text_of(const Json& operation, const char* member) {
    const auto found = operation.is_object() ? operation.find(member) : operation.end();
    const bool is_text = found != operation.end() && found->is_string();
    return is_text ? found->get<std::string>() : std::string();
}

bool changes_parent(const std::string& verb) {
    return verb == "add" || verb == "remove" || verb == "copy" || verb == "move";
}

/// The library takes for granted that what contains the target is an object or a list.
bool has_container(const Json& document, const Pointer& target) {
    if (target.empty()) return true;
    const Pointer parent = target.parent_pointer();
    return document.contains(parent) && document[parent].is_structured();
}

std::size_t copied_bytes(const Json& document, const std::string& verb, const Json& operation) {
    const Pointer from(text_of(operation, "from"));
    return verb == "copy" && document.contains(from) ? document[from].dump().size() : 0;
}

/// Applies one operation; the library's exceptions go through.
Result<void> apply_operation(Json& document, const Json& operation, std::size_t& copied) {
    const auto verb = text_of(operation, "op");
    if (changes_parent(verb) && !has_container(document, Pointer(text_of(operation, "path")))) {
        return not_applicable(operation, "the parent of its path does not exist");
    }
    copied += copied_bytes(document, verb, operation);
    if (copied > kMaxCopiedBytes) return not_applicable(operation, "the patch copies too much");
    document.patch_inplace(Json::array({operation}));
    return Ok();
}

Result<void> try_operation(Json& document, const Json& operation, std::size_t& copied) {
    try {
        return apply_operation(document, operation, copied);
    } catch (const Json::exception& error) {
        if (is_about_patch(error)) return malformed(plain_text(error));
        return not_applicable(operation, plain_text(error));
    }
}

}  // namespace

Json merge_patch(Json document, const Json& patch) {
    document.merge_patch(patch);
    return document;
}

Result<Json> json_patch(Json document, const Json& patch) {
    if (!patch.is_array()) return malformed("it must be a list of operations");
    if (patch.size() > kMaxOperations) {
        return malformed(fmt::format("it has more than {} operations", kMaxOperations));
    }
    std::size_t copied = 0;
    for (const auto& operation : patch) {
        if (auto applied = try_operation(document, operation, copied); !applied) {
            return applied.error();
        }
    }
    return document;
}

}  // namespace picket::schema
