#include "apiserver/routes/object_apply.hpp"

#include "apiserver/auth/authorizer.hpp"
#include "apiserver/registry/document.hpp"
#include "apiserver/registry/managed_fields.hpp"
#include "apiserver/routes/access.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/field_manager.hpp"
#include "apiserver/routes/object_create.hpp"
#include "apiserver/routes/object_update.hpp"
#include "apiserver/routes/object_view.hpp"
#include "apiserver/routes/object_writer.hpp"
#include "apiserver/routes/request_info.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/api/status.hpp"
#include "common/base/field_error.hpp"
#include "common/schema/schema.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

/// The object may come and go between looking and writing.
constexpr int kAttempts = 5;

struct ApplyRequest {
    Json config;
    std::vector<std::string> duplicate_fields;
    WriteOptions options;
    registry::FieldWriter writer;
    bool force = false;
};

Error invalid_option(FieldError cause) {
    return invalid_error("meta.k8s.io", "PatchOptions", "", {std::move(cause)});
}

Result<ApplyRequest> read_request(const Call& call) {
    if (call.url.parameter("fieldManager").value_or("").empty()) {
        return invalid_option(field::required("fieldManager", "is required for apply patch"));
    }
    const auto options = parse_write_options(call.url);
    if (!options) return options.error();
    const auto force = bool_parameter(call.url, "force");
    if (!force) return force.error();
    auto writer = field_writer_of(call);
    if (!writer) return writer.error();
    auto body = parse_yaml_body(call.request.body, options->field_validation_named);
    if (!body) return body.error();
    const auto matched = match_identity(call.identity(), body->document);
    if (!matched) return matched.error();
    if (registry::has(body->document["metadata"], "managedFields")) {
        return bad_request("metadata.managedFields must be nil");
    }
    return ApplyRequest{
        std::move(body->document),
        std::move(body->duplicate_fields),
        *options,
        std::move(*writer),
        *force};
}

Result<NextDocument> apply_to(
    const ApplyRequest& request, const ObjectIdentity& identity, const Json& live) {
    const auto* type = schema::find_kind(identity.group_version, identity.resource.kind);
    auto applied = registry::apply_config(
        *type,
        live,
        request.config,
        registry::parse_managed_fields(live).value_or(registry::FieldManagers()),
        request.writer,
        request.force);
    if (!applied) return applied.error();
    return NextDocument{
        {std::move(applied->document), request.duplicate_fields}, std::move(applied->managers)};
}

UpdateJob::Source source_of(const Call& call, const ApplyRequest& request) {
    return [request, identity = call.identity()](const Json& stored) {
        return apply_to(
            request, identity, in_version(identity.resource, stored, identity.group_version));
    };
}

/// Who applies what is not there makes it, and must be allowed to.
Result<void> may_create(const Call& call) {
    auto access = access_request(call);
    access.verb = "create";
    access.name.clear();
    return authorize(call.user, access, StoreNodeFacts(call.services.store, call.services.roles));
}

Result<NewObject> new_object(const Call& call, const ApplyRequest& request) {
    const auto allowed = may_create(call);
    if (!allowed) return allowed.error();
    auto made = apply_to(request, call.identity(), Json());
    if (!made) return made.error();
    auto object = draft_new_object(call, request.options, std::move(made->body));
    if (!object) return object.error();
    object->writer = request.writer;
    object->applied = std::move(made->managers);
    return object;
}

bool is_there(const Call& call) {
    return call.services.store.get(call.key()) != nullptr;
}

/// Somebody was faster than we: made the object, or deleted it.
bool came_or_went(const Error& error, const Resource& resource) {
    return error.reason == Reason::AlreadyExists ||
           (error.reason == Reason::NotFound && error.kind == resource.plural);
}

}  // namespace

Awaitable<Result<http::Response>> apply_object(Call call) {
    const auto view = view_of_call(call);
    if (!view) co_return view.error();
    const auto request = read_request(call);
    if (!request) co_return request.error();
    for (int attempt = 1;; ++attempt) {
        Result<http::Response> answer = Error{Reason::InternalError, "nothing was applied"};
        if (is_there(call) || !call.info.subresource.empty()) {
            auto job = make_update_job(call, request->options, request->writer);
            job->source = source_of(call, *request);
            answer = co_await answer_update(call.services, *view, std::move(job));
        } else {
            auto made = new_object(call, *request);
            if (!made) co_return made.error();
            answer = co_await answer_create(call.services, *view, std::move(*made));
        }
        if (answer || attempt == kAttempts || !came_or_went(answer.error(), *call.resource)) {
            co_return answer;
        }
    }
}

}  // namespace picket::apiserver
