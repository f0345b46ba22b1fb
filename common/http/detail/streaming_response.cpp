#include "common/http/detail/streaming_response.hpp"

#include "common/base/release.hpp"

#include <utility>

namespace picket::http::detail {
namespace {

class ExchangeResponse final : public StreamingResponse {
public:
    explicit ExchangeResponse(std::unique_ptr<Exchange> exchange)
        : exchange_(std::move(exchange)) {}

    [[nodiscard]] unsigned status() const override { return exchange_->status(); }
    [[nodiscard]] const Headers& headers() const override { return exchange_->headers(); }

    Awaitable<Result<std::string>> read_some(std::chrono::milliseconds timeout) override {
        const auto exchange = exchange_;  // the caller may drop the response while it waits
        exchange->deadline().expires_after(timeout);
        drop_taken();
        if (exchange->body().empty()) {
            const auto more = co_await exchange->read_body();
            if (!more) co_return more.error();
        }
        co_return std::exchange(exchange->body(), {});
    }

    Awaitable<Result<std::optional<std::string>>> read_line(
        std::chrono::milliseconds timeout) override {
        const auto exchange = exchange_;
        exchange->deadline().expires_after(timeout);
        for (;;) {
            if (auto line = next_line()) co_return line;
            drop_taken();
            if (exchange->body().size() > kMaxLine)
                co_return Error{Reason::ServiceUnavailable, "a line is too long"};
            const auto more = co_await exchange->read_body();
            if (!more) co_return more.error();
            if (!*more) co_return last_line();
        }
    }

private:
    /// Lines are cut from the body where it lies; what is taken is dropped once for all lines of
    /// one read.
    std::optional<std::string> next_line() {
        const auto& body = exchange_->body();
        const auto end = body.find('\n', searched_);
        if (end == std::string::npos) {
            searched_ = body.size();
            return std::nullopt;
        }
        auto line = body.substr(taken_, end - taken_);
        taken_ = searched_ = end + 1;
        return line;
    }

    /// What follows the last newline counts as a line if it is not empty.
    std::optional<std::string> last_line() {
        drop_taken();
        searched_ = 0;
        auto rest = std::exchange(exchange_->body(), {});
        return rest.empty() ? std::nullopt : std::optional(std::move(rest));
    }

    void drop_taken() {
        if (taken_ == exchange_->body().size()) {
            release(exchange_->body());  // nor does a watch between two events
        } else {
            exchange_->body().erase(0, taken_);
        }
        searched_ -= taken_;
        taken_ = 0;
    }

    std::shared_ptr<Exchange> exchange_;
    std::size_t taken_ = 0;     // bytes of the body that were handed out as lines
    std::size_t searched_ = 0;  // bytes known to hold no further newline; never below taken_
};

}  // namespace

std::unique_ptr<StreamingResponse> make_streaming_response(std::unique_ptr<Exchange> exchange) {
    return std::make_unique<ExchangeResponse>(std::move(exchange));
}

}  // namespace picket::http::detail
