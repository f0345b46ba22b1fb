#pragma once
#include "common/http/detail/transport.hpp"
#include "common/http/message.hpp"

namespace picket::http::detail {

/// Writes each call as one chunk with one gathered write; without chunks, for HTTP/1.0, as it is.
class StreamWriter final : public BodyWriter {
public:
    StreamWriter(Transport& transport, std::chrono::milliseconds timeout, bool chunked)
        : transport_(transport), timeout_(timeout), chunked_(chunked) {}

    Awaitable<Result<void>> write(std::vector<Bytes> pieces) override;
    /// Ends the body.
    Awaitable<error_code> finish();
    [[nodiscard]] bool failed() const { return failed_; }

private:
    Transport& transport_;
    std::chrono::milliseconds timeout_;
    bool chunked_;
    bool failed_ = false;
};

}  // namespace picket::http::detail
