#include "nodeagent/runtime/docker_calls.hpp"

#include <fmt/format.h>

#include <utility>

namespace picket::nodeagent {

std::string container_path(const std::string& id, std::string_view verb) {
    return fmt::format("/containers/{}{}", http::url_encode(id), verb);
}

http::Request make_request(http::Method method, std::string_view path, std::string body) {
    http::Request request;
    request.method = method;
    request.target = "/v1.41" + std::string(path);
    request.headers.set("Host", "docker");
    if (!body.empty()) request.headers.set("Content-Type", "application/json");
    request.body = std::move(body);
    return request;
}

Error not_json(std::string_view path) {
    return Error{
        .reason = Reason::InternalError,
        .message = fmt::format("the container engine's answer to {} is not JSON", path)};
}

}  // namespace picket::nodeagent
