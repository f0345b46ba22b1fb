#include "apiserver/routes/access_reviews.hpp"

#include "apiserver/auth/authorizer.hpp"
#include "apiserver/auth/user_info.hpp"
#include "apiserver/auth/user_rules.hpp"
#include "apiserver/registry/document.hpp"
#include "apiserver/routes/access.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/api/status.hpp"
#include "common/api/virtual_resources.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

using registry::member;
using registry::text_at;

/// The question as the client sent it, checked against its schema.
Result<Json> read_review(const Call& call) {
    const auto& resource = *find_virtual_resource(call.info.group_version, call.info.resource);
    const auto options = parse_write_options(call.url);
    if (!options) return options.error();
    auto body = body_of_call(call, options->field_validation_named);
    if (!body) return body.error();
    const ObjectIdentity identity{resource, call.info.group_version, call.info.namespace_name, ""};
    auto draft = draft_object(identity, std::move(*body), *options, call.context());
    if (!draft) return draft.error();
    if (!draft->errors.empty()) {
        return invalid_error(resource.group(), resource.kind, "", std::move(draft->errors));
    }
    return std::move(draft->object);
}

http::Response answer(Json review, Json status) {
    review["status"] = std::move(status);
    return json_response(201, review);
}

Error invalid_review(const Json& review, FieldError cause) {
    return invalid_error("authorization.k8s.io", text_at(review, {"kind"}), "", {std::move(cause)});
}

Result<AccessRequest> resource_access(const Json& review, const Json& attributes) {
    AccessRequest access;
    access.resource_request = true;
    access.verb = text_at(attributes, {"verb"});
    access.group = text_at(attributes, {"group"});
    access.resource = text_at(attributes, {"resource"});
    access.subresource = text_at(attributes, {"subresource"});
    access.namespace_name = text_at(attributes, {"namespace"});
    access.name = text_at(attributes, {"name"});
    auto fields = parse_field_selector(text_at(attributes, {"fieldSelector", "rawSelector"}));
    if (!fields) {
        return invalid_review(
            review,
            field::invalid(
                "spec.resourceAttributes.fieldSelector.rawSelector",
                text_at(attributes, {"fieldSelector", "rawSelector"}),
                fields.error().message));
    }
    access.field_selector = std::move(*fields);
    return access;
}

AccessRequest path_access(const Json& attributes) {
    AccessRequest access;
    access.verb = text_at(attributes, {"verb"});
    access.path = text_at(attributes, {"path"});
    return access;
}

/// What a review asks about: exactly one of its two kinds of attributes.
Result<AccessRequest> asked_access(const Json& review) {
    const auto& spec = member(review, "spec");
    const auto& about_objects = member(spec, "resourceAttributes");
    const auto& about_paths = member(spec, "nonResourceAttributes");
    if (about_objects.is_object() == about_paths.is_object()) {
        return invalid_review(
            review,
            field::invalid(
                "spec.resourceAttributes",
                about_objects,
                "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
    }
    if (about_objects.is_object()) return resource_access(review, about_objects);
    return path_access(about_paths);
}

/// No reason goes with a "no": kubectl would print it behind the word that scripts look for.
Json verdict(const Services& services, const User& user, const AccessRequest& access) {
    const StoreNodeFacts facts(services.store, services.roles);
    return {{"allowed", authorize(user, access, facts).has_value()}};
}

Result<User> asked_user(const Json& review) {
    const auto& spec = member(review, "spec");
    User user{text_at(spec, {"user"}), {}};
    const auto& groups = member(spec, "groups");
    if (groups.is_array()) groups.get_to(user.groups);
    if (user.name.empty() && user.groups.empty()) {
        return invalid_review(
            review,
            field::invalid("spec.user", "", "at least one of user or group must be specified"));
    }
    return user;
}

Result<http::Response> answer_about_anybody(const Call& call, Json review) {
    const auto user = asked_user(review);
    if (!user) return user.error();
    const auto access = asked_access(review);
    if (!access) return access.error();
    auto status = verdict(call.services, *user, *access);
    return answer(std::move(review), std::move(status));
}

Json rules_document(const UserRules& rules) {
    Json document = {
        {"resourceRules", Json::array()},
        {"nonResourceRules", Json::array()},
        {"incomplete", !rules.incomplete.empty()}};
    for (const auto& rule : rules.resources) {
        Json shown = {
            {"verbs", rule.verbs}, {"apiGroups", rule.groups}, {"resources", rule.resources}};
        if (!rule.names.empty()) shown["resourceNames"] = rule.names;
        document["resourceRules"].push_back(std::move(shown));
    }
    for (const auto& rule : rules.paths) {
        document["nonResourceRules"].push_back(
            {{"verbs", rule.verbs}, {"nonResourceURLs", rule.paths}});
    }
    if (!rules.incomplete.empty()) document["evaluationError"] = rules.incomplete;
    return document;
}

}  // namespace

Awaitable<Result<http::Response>> review_self(Call call) {
    auto review = read_review(call);
    if (!review) co_return review.error();
    co_return answer(std::move(*review), {{"userInfo", user_info(call.user)}});
}

Awaitable<Result<http::Response>> review_own_access(Call call) {
    auto review = read_review(call);
    if (!review) co_return review.error();
    const auto access = asked_access(*review);
    if (!access) co_return access.error();
    auto status = verdict(call.services, call.user, *access);
    co_return answer(std::move(*review), std::move(status));
}

Awaitable<Result<http::Response>> review_own_rules(Call call) {
    auto review = read_review(call);
    if (!review) co_return review.error();
    const auto scope = text_at(*review, {"spec", "namespace"});
    if (scope.empty()) co_return invalid_review(*review, field::required("spec.namespace"));
    const auto by_roles = call.services.roles.table().rules_of(call.user, scope);
    co_return answer(std::move(*review), rules_document(rules_of(call.user, by_roles)));
}

Awaitable<Result<http::Response>> review_access(Call call) {
    auto review = read_review(call);
    if (!review) co_return review.error();
    co_return answer_about_anybody(call, std::move(*review));
}

Awaitable<Result<http::Response>> review_local_access(Call call) {
    auto review = read_review(call);
    if (!review) co_return review.error();
    auto& attributes =
        registry::object_in(registry::object_in(*review, "spec"), "resourceAttributes");
    const auto named = text_at(attributes, {"namespace"});
    if (!named.empty() && named != call.info.namespace_name) {
        co_return invalid_review(
            *review,
            field::invalid(
                "spec.resourceAttributes.namespace",
                named,
                "must match the namespace of the request"));
    }
    attributes["namespace"] = call.info.namespace_name;
    co_return answer_about_anybody(call, std::move(*review));
}

}  // namespace picket::apiserver
