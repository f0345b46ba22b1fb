#pragma once
#include "apiserver/auth/token_authenticator.hpp"
#include "apiserver/routes/access.hpp"
#include "apiserver/routes/call.hpp"
#include "common/http/server.hpp"

namespace picket::apiserver {

/// What is known about a request when it is answered, for counting and logging.
struct RequestAccount {
    std::string verb = "other";
    std::string resource;
    std::string target;  ///< path without query: a query may hold what is not for logs
    std::string user;
};

/// The way of every request: parse → authenticate → authorize → find the handler → answer. Counts
/// and logs each. Loop thread only.
class Router {
public:
    Router(Services& services, TokenAuthenticator& authenticator)
        : services_(services),
          authenticator_(authenticator),
          facts_(services.store, services.roles) {}

    Awaitable<http::Response> handle(http::Request request);

private:
    Awaitable<Result<http::Response>> answer(http::Request request, RequestAccount* account);
    [[nodiscard]] Result<Call> admit(http::Request request);
    [[nodiscard]] Result<void> admit_host(const User& sender, const http::Headers& headers);

    Services& services_;
    TokenAuthenticator& authenticator_;
    StoreNodeFacts facts_;
};

/// What answers this request. NotFound or MethodNotAllowed where nothing does.
[[nodiscard]] Result<Handler> find_handler(const RequestInfo& info, const Resource* resource);

}  // namespace picket::apiserver
