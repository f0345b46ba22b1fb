#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace picket::http {

enum class Method { Get, Head, Post, Put, Patch, Delete, Options, Other };
[[nodiscard]] std::string_view method_name(Method method);

/// Encoded bytes that many answers may share: one change is encoded once and sent to every watcher.
using Bytes = std::shared_ptr<const std::string>;
[[nodiscard]] inline Bytes bytes(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
}

/// Whether two names of header fields, or words in their values, are the same: by ASCII alone, so
/// that no locale is asked for every letter.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

/// Header fields in order; names compare without case; a name may repeat.
class Headers {
public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

    /// The first value of `name`.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> find_all(std::string_view name) const;
    void add(std::string name, std::string value);
    /// Replaces every field of that name.
    void set(std::string name, std::string value);
    void erase(std::string_view name);
    [[nodiscard]] auto begin() const { return fields_.begin(); }
    [[nodiscard]] auto end() const { return fields_.end(); }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
    Method method = Method::Get;
    std::string target = "/";  ///< path and query as on the wire
    Headers headers = {};
    std::string body = {};
    std::string peer = {};  ///< "address:port" of the client; set by the server
};

/// A request target taken apart: percent-decoded path and query parameters in order.
struct Url {
    std::string path;
    std::vector<std::pair<std::string, std::string>> query;

    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> parameters(std::string_view name) const;
};
/// BadRequest if the target is not an origin-form target.
[[nodiscard]] Result<Url> parse_target(std::string_view target);
/// Percent-encodes for use inside a path segment or a query value.
[[nodiscard]] std::string url_encode(std::string_view text);

/// Where a streamed answer goes. Each write waits until the peer took the bytes (back-pressure), at
/// most for the server's write timeout; an error means the client is gone or too slow, and the
/// stream must end.
class BodyWriter {
public:
    virtual ~BodyWriter() = default;
    virtual Awaitable<Result<void>> write(std::vector<Bytes> pieces) = 0;
};

/// A connection after "101 Switching Protocols": plain bytes both ways. Closed when destroyed. One
/// reader and one writer may be active at the same time, both on the loop thread.
class ByteStream {
public:
    virtual ~ByteStream() = default;
    /// At least one byte, or 0 at the peer's end of stream.
    virtual Awaitable<Result<std::size_t>> read_some(std::span<char> buffer) = 0;
    virtual Awaitable<Result<void>> write(std::string data) = 0;
    /// Tells the peer that nothing more comes, where the transport can say so; reading goes on.
    virtual Awaitable<void> close_write() = 0;
    /// Ends the connection now; pending reads and writes return an error.
    virtual void close() = 0;
};

struct Response {
    unsigned status = 200;
    Headers headers = {};
    /// The whole body; pieces are sent with one gathered write and never copied together.
    std::vector<Bytes> body = {};
    /// Set for a body of unknown length (watch, followed log): called after the header went out. It
    /// is sent chunked; it ends when the coroutine returns. Cancelled when the client goes away or
    /// the server stops.
    std::function<Awaitable<void>(BodyWriter&)> stream = {};
    /// Set together with status 101: takes the connection over. The stream may be kept beyond the
    /// coroutine; the connection ends with the stream.
    std::function<Awaitable<void>(std::unique_ptr<ByteStream>)> upgrade = {};
};

}  // namespace picket::http
