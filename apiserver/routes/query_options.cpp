#include "apiserver/routes/query_options.hpp"

#include "apiserver/routes/request_info.hpp"
#include "common/api/status.hpp"
#include "common/base/field_error.hpp"
#include "common/schema/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <charconv>

namespace picket::apiserver {
namespace {

std::string_view text_parameter(const http::Url& url, std::string_view name) {
    return url.parameter(name).value_or(std::string_view());
}

template <class Number>
Result<std::optional<Number>> number_parameter(const http::Url& url, std::string_view name) {
    const auto text = text_parameter(url, name);
    if (text.empty()) return std::optional<Number>();
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size()) {
        return bad_request(
            fmt::format("invalid value \"{}\" of {}: not a whole number from 0", text, name));
    }
    return std::optional(value);
}

Error invalid_option(std::string_view kind, FieldError cause) {
    return invalid_error("meta.k8s.io", kind, "", {std::move(cause)});
}

Result<bool> parse_dry_run(const http::Url& url) {
    const auto values = url.parameters("dryRun");
    for (const auto value : values) {
        if (value != "All") {
            return invalid_option(
                "CreateOptions", field::not_supported("dryRun", std::string(value), {"All"}));
        }
    }
    return !values.empty();
}

Result<FieldValidation> parse_field_validation(std::string_view text) {
    if (text.empty() || text == "Warn") return FieldValidation::Warn;
    if (text == "Strict") return FieldValidation::Strict;
    if (text == "Ignore") return FieldValidation::Ignore;
    return invalid_option(
        "CreateOptions",
        field::not_supported(
            "fieldValidation", std::string(text), {"", "Ignore", "Strict", "Warn"}));
}

Result<VersionMatch> parse_version_match(std::string_view text) {
    if (text.empty()) return VersionMatch::Unset;
    if (text == "NotOlderThan") return VersionMatch::NotOlderThan;
    if (text == "Exact") return VersionMatch::Exact;
    return invalid_option(
        "ListOptions",
        field::not_supported(
            "resourceVersionMatch", std::string(text), {"Exact", "NotOlderThan", ""}));
}

Result<void> parse_selectors(const http::Url& url, ListOptions& options) {
    auto labels = LabelSelector::parse(text_parameter(url, "labelSelector"));
    if (!labels) return labels.error();
    options.label_selector = std::move(*labels);
    auto fields = parse_field_selector(text_parameter(url, "fieldSelector"));
    if (!fields) return fields.error();
    options.field_selector = std::move(*fields);
    return Ok();
}

Result<void> parse_paging(const http::Url& url, ListOptions& options) {
    const auto limit = number_parameter<std::size_t>(url, "limit");
    if (!limit) return limit.error();
    options.limit = limit->value_or(0);
    options.continue_token = text_parameter(url, "continue");
    return Ok();
}

Error forbidden_option(std::string_view name, std::string_view why) {
    return invalid_option("ListOptions", field::forbidden(std::string(name), why));
}

Result<void> check_watch_rules(const ListOptions& options) {
    const auto refuse = [](std::string_view why) {
        return forbidden_option("resourceVersionMatch", why);
    };
    if (options.send_initial_events && options.version_match != VersionMatch::NotOlderThan) {
        return refuse("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    if (!options.send_initial_events && options.version_match != VersionMatch::Unset) {
        return refuse(
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is set");
    }
    return Ok();
}

Result<void> check_list_rules(const ListOptions& options) {
    const auto refuse = [](std::string_view why) {
        return forbidden_option("resourceVersionMatch", why);
    };
    if (options.send_initial_events) {
        return forbidden_option("sendInitialEvents", "sendInitialEvents is forbidden for list");
    }
    if (!options.continue_token.empty() && options.resource_version.value_or(0) != 0) {
        return bad_request("specifying resource version is not allowed when using continue");
    }
    if (options.version_match == VersionMatch::Unset) return Ok();
    if (!options.resource_version) {
        return refuse("resourceVersionMatch is forbidden unless resourceVersion is provided");
    }
    if (options.version_match == VersionMatch::Exact && *options.resource_version == 0) {
        return refuse("resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
    }
    if (!options.continue_token.empty()) {
        return refuse("resourceVersionMatch is forbidden when continue is provided");
    }
    return Ok();
}

Result<void> parse_version(const http::Url& url, ListOptions& options) {
    const auto version = parse_wanted_version(url);
    if (!version) return version.error();
    options.resource_version = *version;
    const auto match = parse_version_match(text_parameter(url, "resourceVersionMatch"));
    if (!match) return match.error();
    options.version_match = *match;
    return Ok();
}

Result<void> parse_watch_parameters(const http::Url& url, ListOptions& options) {
    const auto timeout = number_parameter<std::uint32_t>(url, "timeoutSeconds");
    if (!timeout) return timeout.error();
    if (*timeout && **timeout > 0) options.timeout = std::chrono::seconds(**timeout);
    const auto bookmarks = bool_parameter(url, "allowWatchBookmarks");
    if (!bookmarks) return bookmarks.error();
    options.allow_bookmarks = *bookmarks;
    const auto initial = bool_parameter(url, "sendInitialEvents");
    if (!initial) return initial.error();
    if (!text_parameter(url, "sendInitialEvents").empty()) options.send_initial_events = *initial;
    return Ok();
}

Result<void> check_delete_body(const Json& body) {
    if (body.is_null()) return Ok();
    const auto refuse = [](std::string_view why) {
        return bad_request(
            fmt::format("the body of the request cannot be handled as DeleteOptions: {}", why));
    };
    if (!body.is_object()) return refuse("it is not an object");
    const auto* type = schema::find_kind("meta.k8s.io/v1", "DeleteOptions");
    const auto found = schema::check(*type, body);
    if (!found.type_errors.empty()) {
        return refuse(fmt::format("{}", fmt::join(found.type_errors, ", ")));
    }
    const auto kind = body.value("kind", Json());
    if (kind.is_null() || kind == "" || kind == "DeleteOptions") return Ok();
    return refuse(fmt::format("its kind is {}", kind.dump()));
}

/// DeleteOptions as one document: what the body says, then what the query says.
Json merged_delete_options(const http::Url& url, const Json& body) {
    Json options = body.is_object() ? body : Json::object();
    for (const auto* name : {"propagationPolicy", "orphanDependents", "gracePeriodSeconds"}) {
        const auto text = text_parameter(url, name);
        if (!text.empty() && !options.contains(name)) options[name] = std::string(text);
    }
    return options;
}

Result<registry::Propagation> parse_policy(const std::string& policy) {
    if (policy == "Background") return registry::Propagation::Background;
    if (policy == "Foreground") return registry::Propagation::Foreground;
    if (policy == "Orphan") return registry::Propagation::Orphan;
    return invalid_option(
        "DeleteOptions",
        field::not_supported("propagationPolicy", policy, {"Foreground", "Background", "Orphan"}));
}

Result<std::optional<registry::Propagation>> propagation_of(const Json& options) {
    const auto policy = options.find("propagationPolicy");
    const auto orphan = options.find("orphanDependents");
    const bool has_policy = policy != options.end() && !policy->is_null();
    const bool has_orphan = orphan != options.end() && !orphan->is_null();
    if (has_policy && has_orphan) {
        return invalid_option(
            "DeleteOptions",
            field::invalid(
                "propagationPolicy",
                *policy,
                "orphanDependents and deletionPropagation cannot be both set"));
    }
    if (has_policy) {
        if (!policy->is_string()) return bad_request("propagationPolicy is not a string");
        auto parsed = parse_policy(policy->get<std::string>());
        if (!parsed) return parsed.error();
        return std::optional(*parsed);
    }
    if (!has_orphan) return std::optional<registry::Propagation>();
    const auto value = orphan->is_boolean()  ? std::optional(orphan->get<bool>())
                       : orphan->is_string() ? parse_bool(orphan->get<std::string>())
                                             : std::nullopt;
    if (!value) return bad_request("orphanDependents is not a boolean");
    return std::optional(
        *value ? registry::Propagation::Orphan : registry::Propagation::Background);
}

Result<std::optional<std::int64_t>> grace_of(const Json& options) {
    const auto grace = options.find("gracePeriodSeconds");
    if (grace == options.end() || grace->is_null()) return std::optional<std::int64_t>();
    std::int64_t seconds = 0;
    if (grace->is_number_integer()) {
        seconds = grace->get<std::int64_t>();
    } else {
        const auto text = grace->is_string() ? grace->get<std::string>() : std::string();
        const auto [end, failure] =
            std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (failure != std::errc() || end != text.data() + text.size()) {
            return bad_request("gracePeriodSeconds is not an integer");
        }
    }
    // A negative grace means the shortest there is, as in Kubernetes.
    return std::optional(seconds < 0 ? 1 : seconds);
}

std::string precondition(const Json& options, const char* name) {
    const auto found = options.find("preconditions");
    if (found == options.end() || !found->is_object()) return {};
    const auto value = found->find(name);
    return value != found->end() && value->is_string() ? value->get<std::string>() : std::string();
}

Result<bool> body_dry_run(const Json& options) {
    const auto values = options.find("dryRun");
    if (values == options.end() || !values->is_array() || values->empty()) return false;
    for (const auto& value : *values) {
        if (value != "All") {
            return invalid_option("DeleteOptions", field::not_supported("dryRun", value, {"All"}));
        }
    }
    return true;
}

}  // namespace

Result<WriteOptions> parse_write_options(const http::Url& url) {
    const auto dry_run = parse_dry_run(url);
    if (!dry_run) return dry_run.error();
    const auto directive = text_parameter(url, "fieldValidation");
    const auto validation = parse_field_validation(directive);
    if (!validation) return validation.error();
    return WriteOptions{*dry_run, *validation, !directive.empty()};
}

Result<std::optional<storage::Revision>> parse_wanted_version(const http::Url& url) {
    return number_parameter<storage::Revision>(url, "resourceVersion");
}

Result<ListOptions> parse_list_options(const http::Url& url, Reading reading) {
    ListOptions options;
    for (const auto parse :
         {parse_selectors, parse_paging, parse_version, parse_watch_parameters}) {
        const auto parsed = parse(url, options);
        if (!parsed) return parsed.error();
    }
    const auto rules =
        reading == Reading::Watch ? check_watch_rules(options) : check_list_rules(options);
    if (!rules) return rules.error();
    return options;
}

Result<DeleteOptions> parse_delete_options(const http::Url& url, const Json& body) {
    const auto checked = check_delete_body(body);
    if (!checked) return checked.error();
    const auto document = merged_delete_options(url, body);
    DeleteOptions options;
    const auto grace = grace_of(document);
    if (!grace) return grace.error();
    options.grace_period_seconds = *grace;
    const auto propagation = propagation_of(document);
    if (!propagation) return propagation.error();
    options.propagation = *propagation;
    options.precondition_uid = precondition(document, "uid");
    options.precondition_resource_version = precondition(document, "resourceVersion");
    const auto query_dry_run = parse_dry_run(url);
    if (!query_dry_run) return query_dry_run.error();
    const auto dry_run = body_dry_run(document);
    if (!dry_run) return dry_run.error();
    options.dry_run = *query_dry_run || *dry_run;
    return options;
}

}  // namespace picket::apiserver
