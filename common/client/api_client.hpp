#pragma once
#include "common/api/resource.hpp"
#include "common/async/awaitable.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/http/client.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace picket::client {

using Query = std::vector<std::pair<std::string, std::string>>;

/// One object or collection of the API. For a collection leave `name` empty; for all namespaces
/// leave `namespace_name` empty too.
struct Target {
    std::string group_version;  ///< "v1", "apps/v1"
    std::string plural;         ///< "pods"
    std::string namespace_name = {};
    std::string name = {};
    std::string subresource = {};
    [[nodiscard]] std::string path() const;
};

enum class PatchType { StrategicMerge, Merge, JsonPatch, Apply };

/// One change seen by a watch.
struct WatchLine {
    enum class Type { Added, Modified, Deleted, Bookmark };
    Type type;
    Json object;
};

/// An open watch. Ends (nothing) when the server ends it; an ERROR event is returned as its Error
/// (Expired: list anew).
class WatchStream {
public:
    explicit WatchStream(std::unique_ptr<http::StreamingResponse> response);
    ~WatchStream();
    WatchStream(WatchStream&&) noexcept;
    WatchStream& operator=(WatchStream&&) noexcept;
    Awaitable<Result<std::optional<WatchLine>>> next(std::chrono::milliseconds timeout);

private:
    std::unique_ptr<http::StreamingResponse> response_;
};

struct ApiClientOptions {
    http::ClientOptions http;
    std::string bearer_token = {};  ///< never logged
    std::string user_agent = "picket";
    http::Headers headers = {};  ///< sent with every request
    std::chrono::milliseconds timeout{30'000};
};

/// The API as C++ calls. Every failure of the server comes back as the Error of its Status. Loop
/// thread only.
class ApiClient {
public:
    ApiClient(boost::asio::any_io_executor executor, ApiClientOptions options);

    Awaitable<Result<Json>> get(Target target, Query query = {});
    /// The whole list; pages through `limit` itself if `page` is not 0.
    Awaitable<Result<Json>> list(Target target, Query query = {}, std::size_t page = 0);
    Awaitable<Result<Json>> create(Target target, Json object, Query query = {});
    Awaitable<Result<Json>> update(Target target, Json object, Query query = {});
    Awaitable<Result<Json>> patch(Target target, PatchType type, Json patch, Query query = {});
    /// `options` is a DeleteOptions body; null for none.
    Awaitable<Result<Json>> remove(Target target, Json options, Query query = {});
    /// From `resource_version`; bookmarks are asked for.
    Awaitable<Result<WatchStream>> watch(
        Target target, std::string resource_version, Query query = {});
    /// Opens a GET whose answer is a stream.
    using StreamOpener = std::function<Awaitable<Result<std::unique_ptr<http::StreamingResponse>>>(
        std::string target)>;
    /// From now on watches come through `opener`, not on connections of their own.
    void set_watch_opener(StreamOpener opener) { open_watch_ = std::move(opener); }
    /// Anything else: raw target, headers of this client added.
    Awaitable<Result<http::ClientResponse>> send(http::Request request);
    Awaitable<Result<std::unique_ptr<http::StreamingResponse>>> open(http::Request request);
    Awaitable<Result<std::unique_ptr<http::ByteStream>>> upgrade(
        http::Request request, std::string protocol);

    void set_bearer_token(std::string token);
    [[nodiscard]] http::Client& http_client() { return http_; }
    [[nodiscard]] boost::asio::any_io_executor executor() const { return executor_; }

private:
    void authorize(http::Request& request) const;
    Awaitable<Result<Json>> call(
        http::Method method, std::string target, std::string content_type, std::string body);

    boost::asio::any_io_executor executor_;
    ApiClientOptions options_;
    http::Client http_;
    StreamOpener open_watch_;
};

}  // namespace picket::client
