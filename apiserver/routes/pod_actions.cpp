#include "apiserver/routes/pod_actions.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/registry/pod_binding.hpp"
#include "apiserver/routes/body.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/object_view.hpp"
#include "apiserver/routes/object_writer.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/api/status.hpp"
#include "common/base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

/// What an action makes of the stored object.
using Change = std::function<Result<WritePlan>(const Json& old)>;

Awaitable<Result<storage::Written>> change_object(Call call, bool dry_run, Change change) {
    const auto& resource = *call.resource;
    storage::Mutation mutation = [&resource, name = call.info.name, change = std::move(change)](
                                     const storage::StoredPtr& current,
                                     storage::Revision next) -> Result<storage::Outcome> {
        if (!current) return not_found_error(resource.qualified_name(), name);
        auto plan = change(parse_json(*current->bytes));
        if (!plan) return plan.error();
        return encode_plan(resource, std::move(*plan), next);
    };
    co_return co_await write_object(call.services, call.key(), std::move(mutation), dry_run);
}

Result<WritePlan> bound(const Json& old, const Json& binding) {
    auto pod = old;
    const auto bound = registry::bind_pod(pod, binding);
    if (!bound) return bound.error();
    return settle(old, std::move(pod));
}

Result<WritePlan> with_spec_finalizers(const Json& old, const Json& body) {
    const auto uid = registry::text_at(body, {"metadata", "uid"});
    if (!uid.empty() && uid != registry::text_at(old, {"metadata", "uid"})) {
        return conflict_error("namespaces", registry::text_at(old, {"metadata", "name"}));
    }
    auto object = old;
    const auto& finalizers = registry::at(body, {"spec", "finalizers"});
    if (finalizers.is_array() && !finalizers.empty()) {
        object["spec"]["finalizers"] = finalizers;
    } else if (object.contains("spec")) {
        object["spec"].erase("finalizers");
    }
    return settle(old, std::move(object));
}

}  // namespace

http::Response created_status() {
    return json_response(
        201,
        Json{
            {"kind", "Status"},
            {"apiVersion", "v1"},
            {"metadata", Json::object()},
            {"status", "Success"},
            {"code", 201}});
}

Awaitable<Result<http::Response>> bind_pod(Call call) {
    const auto options = parse_write_options(call.url);
    if (!options) co_return options.error();
    auto binding = object_body_of_call(call);
    if (!binding) co_return binding.error();
    Change change = [binding = std::move(*binding)](const Json& old) {
        return bound(old, binding);
    };
    const auto written =
        co_await change_object(std::move(call), options->dry_run, std::move(change));
    if (!written) co_return written.error();
    co_return created_status();
}

Awaitable<Result<http::Response>> finalize_namespace(Call call) {
    const auto view = view_of_call(call);
    if (!view) co_return view.error();
    auto body = object_body_of_call(call);
    if (!body) co_return body.error();
    Change change = [body = std::move(*body)](const Json& old) {
        return with_spec_finalizers(old, body);
    };
    const auto written = co_await change_object(std::move(call), false, std::move(change));
    if (!written) co_return written.error();
    co_return json_response(200, {render_object(*view, (*written).object->bytes)});
}

}  // namespace picket::apiserver
