#include "apiserver/routes/object_update.hpp"

#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/dry_run_placement.hpp"
#include "apiserver/routes/escalation.hpp"
#include "apiserver/routes/field_manager.hpp"
#include "apiserver/routes/object_apply.hpp"
#include "apiserver/routes/object_handlers.hpp"
#include "apiserver/routes/patch_document.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/api/status.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

Awaitable<Result<http::Response>> answer_source(Call call, UpdateJob::Source source) {
    const auto view = view_of_call(call);
    if (!view) co_return view.error();
    const auto options = parse_write_options(call.url);
    if (!options) co_return options.error();
    auto writer = field_writer_of(call);
    if (!writer) co_return writer.error();
    auto job = make_update_job(call, *options, std::move(*writer));
    job->source = std::move(source);
    co_return co_await answer_update(call.services, *view, std::move(job));
}

Result<void> no_force(const http::Url& url) {
    if (!url.parameter("force")) return Ok();
    return invalid_error(
        "meta.k8s.io",
        "PatchOptions",
        "",
        {field::forbidden("force", "may not be specified for non-apply patch")});
}

}  // namespace

std::shared_ptr<UpdateJob> make_update_job(
    const Call& call, const WriteOptions& options, registry::FieldWriter writer) {
    const auto scope = call.info.subresource == "status" ? UpdateScope::Status : UpdateScope::Main;
    auto job = std::make_shared<UpdateJob>(UpdateJob{
        call.identity(), scope, options, call.context(), {}, {}, std::move(writer), call.user});
    job->admit = [&services = call.services, user = call.user, resource = call.resource](
                     const Json& object) {
        return check_escalation(services, user, *resource, object);
    };
    return job;
}

Awaitable<Result<http::Response>> answer_update(
    Services& services, ObjectView view, std::shared_ptr<UpdateJob> job) {
    const auto written = co_await run_update(services, job);
    if (!written) co_return written.error();
    auto response = json_response(200, {render_object(view, (*written).object->bytes)});
    add_warnings(response, job->warnings);
    if (job->options.dry_run && job->scope == UpdateScope::Main) {
        add_warnings(
            response, placement_of_dry_run(services, view.resource, *(*written).object->bytes));
    }
    co_return response;
}

Awaitable<Result<http::Response>> update_object(Call call) {
    const auto options = parse_write_options(call.url);
    if (!options) co_return options.error();
    auto body = body_of_call(call, options->field_validation_named);
    if (!body) co_return body.error();
    UpdateJob::Source source = [body = std::move(*body)](const Json&) {
        return Result<NextDocument>(NextDocument{body, {}});
    };
    co_return co_await answer_source(std::move(call), std::move(source));
}

Awaitable<Result<http::Response>> patch_object(Call call) {
    const auto type = media_type(call.request.headers);
    if (type == kApplyMediaType) co_return co_await apply_object(std::move(call));
    const auto allowed = no_force(call.url);
    if (!allowed) co_return allowed.error();
    const auto options = parse_write_options(call.url);
    if (!options) co_return options.error();
    auto patch = parse_patch(type, call.request.body, options->field_validation_named);
    if (!patch) co_return patch.error();
    UpdateJob::Source source = [patch = std::move(*patch),
                                resource = call.resource,
                                group_version = call.info.group_version](const Json& old) {
        auto patched = apply_patch(patch, *resource, group_version, old);
        if (!patched) return Result<NextDocument>(patched.error());
        return Result<NextDocument>(NextDocument{std::move(*patched), {}});
    };
    co_return co_await answer_source(std::move(call), std::move(source));
}

}  // namespace picket::apiserver
