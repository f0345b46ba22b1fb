#include "apiserver/routes/call_input.hpp"

#include "common/api/status.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {

Result<ObjectView> view_of_call(const Call& call) {
    auto accepted = negotiate(call.request.headers);
    if (!accepted) return accepted.error();
    const auto include = parse_include_object(call.url);
    if (!include) return include.error();
    return ObjectView{
        *call.resource, call.info.group_version, std::move(*accepted), *include, call.now};
}

Result<DecodedBody> body_of_call(const Call& call, bool find_duplicates) {
    return decode_body(media_type(call.request.headers), call.request.body, find_duplicates);
}

Result<Json> object_body_of_call(const Call& call) {
    auto body = body_of_call(call);
    if (!body) return body.error();
    if (!body->document.is_object()) return bad_request("the body of the request is not an object");
    return std::move(body->document);
}

}  // namespace picket::apiserver
