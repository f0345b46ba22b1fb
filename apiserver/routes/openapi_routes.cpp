#include "apiserver/routes/openapi_routes.hpp"

#include "apiserver/routes/negotiation.hpp"
#include "apiserver/routes/openapi_protobuf.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/schema/schema.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

/// "/openapi/v3/apis/apps/v1" → "apps/v1", "/openapi/v3/api/v1" → "v1"; empty for anything else.
std::string_view group_version_of(std::string_view path) {
    for (const std::string_view prefix : {"/openapi/v3/apis/", "/openapi/v3/api/"}) {
        if (path.starts_with(prefix)) return path.substr(prefix.size());
    }
    return {};
}

// kubectl asks with every apply. As text both forms are small enough to keep.
const std::string& whole_schema(bool protobuf) {
    static const std::string encoded = encode_openapi(schema::openapi_v2());
    static const std::string json = schema::openapi_v2().dump();
    return protobuf ? encoded : json;
}

}  // namespace

Awaitable<Result<http::Response>> get_openapi_v2(Call call) {
    const auto& headers = call.request.headers;
    const auto protobuf = negotiate_openapi_v2(headers);
    if (!protobuf) co_return protobuf.error();
    const auto type = *protobuf ? kOpenapiProtobuf : std::string_view("application/json");
    co_return cacheable_response(whole_schema(*protobuf), std::string(type), headers);
}

Awaitable<Result<http::Response>> get_openapi_v3(Call call) {
    if (call.info.path == "/openapi/v3") {
        co_return json_response(200, schema::openapi_v3_index());
    }
    const auto group_version = group_version_of(call.info.path);
    const auto document = group_version.empty() ? Json() : schema::openapi_v3(group_version);
    if (document.is_null()) co_return unknown_path_error();
    co_return cacheable_response(document.dump(), "application/json", call.request.headers);
}

}  // namespace picket::apiserver
