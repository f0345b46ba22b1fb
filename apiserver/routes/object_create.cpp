#include "apiserver/routes/object_create.hpp"

#include "apiserver/auth/authorizer.hpp"
#include "apiserver/registry/document.hpp"
#include "apiserver/routes/access.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/dry_run_placement.hpp"
#include "apiserver/routes/escalation.hpp"
#include "apiserver/routes/field_manager.hpp"
#include "apiserver/routes/namespace_content.hpp"
#include "apiserver/routes/object_handlers.hpp"
#include "apiserver/routes/object_view.hpp"
#include "apiserver/routes/object_writer.hpp"
#include "apiserver/routes/pod_identity.hpp"
#include "apiserver/routes/pod_priority.hpp"
#include "apiserver/routes/pod_runtime.hpp"
#include "apiserver/routes/responses.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

constexpr int kNameAttempts = 8;

/// The object with a name and the entries of who made it. Only a generated name is tried again.
Result<Json> complete(NewObject& made, Random& random) {
    auto draft = made.generated_name ? made.draft : std::move(made.draft);
    auto object = plan_create(*made.resource, std::move(draft), random, made.context);
    if (!object) return object;
    if (made.applied) {
        set_managers(*object, *made.applied);
    } else if (made.tracked) {
        enter_creator(*made.resource, made.writer, *object);
    }
    return object;
}

/// Tries again with another suffix where a generated name is taken.
Awaitable<Result<storage::Written>> write_draft(Services& services, NewObject made) {
    for (int attempt = 1;; ++attempt) {
        auto object = complete(made, services.random);
        if (!object) co_return object.error();
        auto written = co_await write_new_object(
            services, *made.resource, std::move(*object), made.options.dry_run);
        if (written || !made.generated_name || written.error().reason != Reason::AlreadyExists) {
            co_return written;
        }
        if (attempt == kNameAttempts) {
            auto error = written.error();
            error.retry_after_seconds = 1;
            co_return error;
        }
    }
}

std::vector<std::string> warnings_about(
    const Resource& resource, Draft& draft, const registry::RequestContext& context) {
    auto warnings = std::move(draft.warnings);
    for (auto& text : draft.stored_only) warnings.push_back(std::move(text));
    for (auto& text : registry::strategy_for(resource).warnings(draft.object, context)) {
        warnings.push_back(std::move(text));
    }
    return warnings;
}

}  // namespace

Result<NewObject> draft_new_object(
    const Call& call, const WriteOptions& options, DecodedBody body) {
    auto draft = draft_object(call.identity(), std::move(body), options, call.context());
    if (!draft) return draft.error();
    const auto allowed = authorize_created_object(call.user, access_request(call), draft->object);
    if (!allowed) return allowed.error();
    const auto held = check_escalation(call.services, call.user, *call.resource, draft->object);
    if (!held) return held.error();
    if (call.resource->qualified_name() == "pods") {
        if (auto given = give_priority(call.services.store, draft->object); !given)
            return given.error();
        note_runtime_handler(call.services.store, draft->object);
        for (auto& text : give_identity(call.services.store, call.services.random, draft->object)) {
            draft->warnings.push_back(std::move(text));
        }
    }
    const bool generated = registry::text_at(draft->object, {"metadata", "name"}).empty() &&
                           !registry::text_at(draft->object, {"metadata", "generateName"}).empty();
    return NewObject{
        call.resource,
        std::move(*draft),
        call.context(),
        options,
        generated,
        is_tracked(*call.resource, call.user, Json(), UpdateScope::Main)};
}

Awaitable<Result<http::Response>> answer_create(
    Services& services, ObjectView view, NewObject made) {
    const bool dry_run = made.options.dry_run;
    const auto warnings = warnings_about(*made.resource, made.draft, made.context);
    const auto written = co_await write_draft(services, std::move(made));
    if (!written) co_return written.error();
    if (view.resource.kind == "Namespace" && !dry_run) {
        const auto filled = co_await fill_namespace(services, (*written).object->key.name);
        if (!filled) co_return filled.error();
    }
    auto response = json_response(201, {render_object(view, (*written).object->bytes)});
    add_warnings(response, warnings);
    if (dry_run) {
        add_warnings(
            response, placement_of_dry_run(services, view.resource, *(*written).object->bytes));
    }
    co_return response;
}

Awaitable<Result<http::Response>> create_object(Call call) {
    const auto view = view_of_call(call);
    if (!view) co_return view.error();
    const auto options = parse_write_options(call.url);
    if (!options) co_return options.error();
    auto writer = field_writer_of(call);
    if (!writer) co_return writer.error();
    auto body = body_of_call(call, options->field_validation_named);
    if (!body) co_return body.error();
    auto made = draft_new_object(call, *options, std::move(*body));
    if (!made) co_return made.error();
    made->writer = std::move(*writer);
    co_return co_await answer_create(call.services, *view, std::move(*made));
}

}  // namespace picket::apiserver
