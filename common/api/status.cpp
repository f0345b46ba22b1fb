#include "common/api/status.hpp"

#include "common/api/json_read.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket {
namespace {

using json_read::text;

constexpr std::array kCauseTypes = {
    CauseType::Required,
    CauseType::Invalid,
    CauseType::NotSupported,
    CauseType::Forbidden,
    CauseType::Duplicate,
    CauseType::NotFound,
    CauseType::TooLong,
    CauseType::TooMany,
    CauseType::TypeInvalid};

const Json& object_at(const Json& parent, const char* name) {
    static const Json empty = Json::object();
    const auto found = parent.find(name);
    return found != parent.end() && found->is_object() ? *found : empty;
}

Json cause_to_json(const FieldError& cause) {
    Json json = {{"reason", cause_name(cause)}, {"message", cause.message}};
    if (!cause.field.empty()) json["field"] = cause.field;
    return json;
}

Json details_of(const Error& error) {
    Json details = Json::object();
    if (!error.name.empty()) details["name"] = error.name;
    if (!error.group.empty()) details["group"] = error.group;
    if (!error.kind.empty()) details["kind"] = error.kind;
    if (!error.uid.empty()) details["uid"] = error.uid;
    for (const auto& cause : error.causes) details["causes"].push_back(cause_to_json(cause));
    if (error.retry_after_seconds) details["retryAfterSeconds"] = *error.retry_after_seconds;
    return details;
}

FieldError cause_from_json(const Json& json) {
    const auto reason = text(json, "reason");
    FieldError cause{CauseType::Other, text(json, "field"), text(json, "message"), reason};
    for (const auto type : kCauseTypes) {
        if (cause_name({type, {}, {}, {}}) != reason) continue;
        cause.type = type;
        cause.detail_reason.clear();
    }
    return cause;
}

Reason reason_of(const Json& status) {
    if (const auto reason = parse_reason(text(status, "reason"))) return *reason;
    const auto code = status.find("code");
    if (code == status.end() || !code->is_number_integer()) return Reason::InternalError;
    return reason_for_http_status(code->get<unsigned>());
}

void read_details(const Json& details, Error& error) {
    error.name = text(details, "name");
    error.group = text(details, "group");
    error.kind = text(details, "kind");
    error.uid = text(details, "uid");
    if (const auto retry = details.find("retryAfterSeconds");
        retry != details.end() && retry->is_number_integer()) {
        error.retry_after_seconds = retry->get<std::int32_t>();
    }
    const auto causes = details.find("causes");
    if (causes == details.end() || !causes->is_array()) return;
    for (const auto& cause : *causes) {
        if (cause.is_object()) error.causes.push_back(cause_from_json(cause));
    }
}

/// "daemonsets.apps" → {kind: "daemonsets", group: "apps"}: what details carry for 404 and 409.
Error resource_error(
    Reason reason, std::string_view resource, std::string_view name, std::string message) {
    Error error{.reason = reason, .message = std::move(message), .name = std::string(name)};
    const auto dot = resource.find('.');
    error.kind = resource.substr(0, dot);
    if (dot != std::string_view::npos) error.group = resource.substr(dot + 1);
    return error;
}

bool same_cause(const FieldError& a, const FieldError& b) {
    return a.type == b.type && a.field == b.field && a.message == b.message;
}

std::vector<FieldError> without_repeats(std::vector<FieldError> causes) {
    std::vector<FieldError> kept;
    for (auto& cause : causes) {
        const auto seen = [&](const FieldError& earlier) { return same_cause(earlier, cause); };
        if (std::ranges::none_of(kept, seen)) kept.push_back(std::move(cause));
    }
    return kept;
}

std::string aggregate(const std::vector<FieldError>& causes) {
    std::string list;
    for (const auto& cause : causes) {
        if (!list.empty()) list += ", ";
        list +=
            cause.field.empty() ? cause.message : fmt::format("{}: {}", cause.field, cause.message);
    }
    return causes.size() > 1 ? fmt::format("[{}]", list) : list;
}

}  // namespace

Json to_status(const Error& error) {
    Json status = {
        {"kind", "Status"},
        {"apiVersion", "v1"},
        {"metadata", Json::object()},
        {"status", "Failure"},
        {"message", error.message},
        {"reason", reason_name(error.reason)},
        {"code", http_status(error.reason)}};
    // kubectl debug looks into the details of a NotFound without asking whether there are any.
    auto details = details_of(error);
    if (!details.empty() || error.reason == Reason::NotFound)
        status["details"] = std::move(details);
    return status;
}

Error from_status(const Json& status) {
    Error error{.reason = reason_of(status), .message = text(status, "message")};
    if (error.message.empty()) error.message = reason_name(error.reason);
    read_details(object_at(status, "details"), error);
    return error;
}

Error error_from_response(unsigned http_code, std::string_view body) {
    const auto json = Json::parse(body, nullptr, false);
    if (json.is_object() && text(json, "kind") == "Status") return from_status(json);
    constexpr std::size_t kShown = 512;
    return {
        .reason = reason_for_http_status(http_code),
        .message = fmt::format("server answered {}: {}", http_code, body.substr(0, kShown))};
}

Error not_found_error(std::string_view resource, std::string_view name) {
    return resource_error(
        Reason::NotFound, resource, name, fmt::format("{} \"{}\" not found", resource, name));
}

Error already_exists_error(std::string_view resource, std::string_view name) {
    return resource_error(
        Reason::AlreadyExists,
        resource,
        name,
        fmt::format("{} \"{}\" already exists", resource, name));
}

Error conflict_error(std::string_view resource, std::string_view name, std::string_view why) {
    constexpr std::string_view kStale =
        "the object has been modified; please apply your changes to the latest version and try "
        "again";
    return resource_error(
        Reason::Conflict,
        resource,
        name,
        fmt::format(
            "Operation cannot be fulfilled on {} \"{}\": {}",
            resource,
            name,
            why.empty() ? kStale : why));
}

Error invalid_error(
    std::string_view group,
    std::string_view kind,
    std::string_view name,
    std::vector<FieldError> causes) {
    causes = without_repeats(std::move(causes));
    const auto qualified = group.empty() ? std::string(kind) : fmt::format("{}.{}", kind, group);
    auto message = fmt::format("{} \"{}\" is invalid: {}", qualified, name, aggregate(causes));
    return {
        .reason = Reason::Invalid,
        .message = std::move(message),
        .causes = std::move(causes),
        .name = std::string(name),
        .group = std::string(group),
        .kind = std::string(kind)};
}

Error bad_request(std::string message) {
    return {.reason = Reason::BadRequest, .message = std::move(message)};
}

}  // namespace picket
