// The only file that uses Beast: its incremental parser, which knows what an HTTP message may look
// like.
#include "common/http/detail/message_parser.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <utility>

namespace picket::http::detail {
namespace {

namespace beast = boost::beast;

/// No length that a peer merely announces makes us reserve more than this. Lists come from a server
/// that was chosen: growing to 20 MB by doubling would copy them once more, into new pages each
/// time.
constexpr std::uint64_t kLargestReserve = 1U << 20U;
constexpr std::uint64_t kLargestAnswerReserve = 64U << 20U;

std::string copy(beast::string_view text) {
    return {text.data(), text.size()};
}

Method method_of(beast::http::verb verb) {
    switch (verb) {
        case beast::http::verb::get:
            return Method::Get;
        case beast::http::verb::head:
            return Method::Head;
        case beast::http::verb::post:
            return Method::Post;
        case beast::http::verb::put:
            return Method::Put;
        case beast::http::verb::patch:
            return Method::Patch;
        case beast::http::verb::delete_:
            return Method::Delete;
        case beast::http::verb::options:
            return Method::Options;
        default:
            return Method::Other;
    }
}

ParseError classify(const beast::error_code& error) {
    if (error == beast::http::error::header_limit) return ParseError::HeaderTooLarge;
    if (error == beast::http::error::body_limit) return ParseError::BodyTooLarge;
    return ParseError::Malformed;
}

/// Beast calls back with each part; header fields and body go straight to where they stay.
template <bool IsRequest>
class Sink : public beast::http::basic_parser<IsRequest> {
public:
    Sink(ParserLimits limits, Headers& headers, std::string& body)
        : headers_(headers), body_(body) {
        this->eager(true);
        this->header_limit(static_cast<std::uint32_t>(limits.header_bytes));
        this->body_limit(limits.body_bytes);
    }

    /// Beast takes for granted that after the size of the last chunk comes no single byte: with
    /// less than the shortest end of a body, the parser must not be asked.
    [[nodiscard]] bool must_wait(std::string_view input) const {
        constexpr std::string_view kShortestEnd = "0\r\n\r\n";
        return this->is_header_done() && this->chunked() && !any_chunk_ && input.front() == '0' &&
               input.size() < kShortestEnd.size();
    }

    int status = 0;
    bool http_1_0 = false;
    Method method = Method::Other;
    std::string target = {};

private:
    using ErrorCode = beast::error_code;

    void on_request_impl(
        beast::http::verb verb,
        beast::string_view,
        beast::string_view text,
        int version,
        ErrorCode&) override {
        method = method_of(verb);
        target = copy(text);
        http_1_0 = version == 10;
    }

    void on_response_impl(int code, beast::string_view, int version, ErrorCode&) override {
        status = code;
        http_1_0 = version == 10;
    }

    void on_field_impl(
        beast::http::field,
        beast::string_view name,
        beast::string_view value,
        ErrorCode&) override {
        if (!this->is_header_done()) headers_.add(copy(name), copy(value));  // trailers are dropped
    }

    void on_header_impl(ErrorCode&) override {}

    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) override {
        constexpr auto kLargest = IsRequest ? kLargestReserve : kLargestAnswerReserve;
        if (length) body_.reserve(std::min(*length, kLargest));
    }

    std::size_t on_body_impl(beast::string_view bytes, ErrorCode&) override {
        body_.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode&) override {
        any_chunk_ = true;
    }

    std::size_t on_chunk_body_impl(
        std::uint64_t, beast::string_view bytes, ErrorCode& error) override {
        return on_body_impl(bytes, error);
    }

    void on_finish_impl(ErrorCode&) override {}

    Headers& headers_;
    std::string& body_;
    bool any_chunk_ = false;
};

/// The part of both parsers that does not know the direction.
template <class Interface, bool IsRequest>
class ParserOf : public Interface {
public:
    explicit ParserOf(ParserLimits limits) : limits_(limits), sink_(limits, headers_, body_) {}

    std::size_t put(std::string_view input) override {
        if (input.empty() || sink_.is_done() || this->error_ != ParseError::None) return 0;
        if (sink_.must_wait(input)) return 0;
        beast::error_code error;
        const auto taken = sink_.put(boost::asio::const_buffer(input.data(), input.size()), error);
        count_header(taken, input.size() - taken);
        if (error && error != beast::http::error::need_more) fail(error);
        return taken;
    }

    void put_end() override {
        beast::error_code error;
        if (sink_.got_some()) {
            sink_.put_eof(error);
        } else {
            error = beast::http::error::end_of_stream;
        }
        if (error) fail(error);
    }

    [[nodiscard]] bool started() const override { return sink_.got_some(); }
    [[nodiscard]] bool header_done() const override { return sink_.is_header_done(); }
    [[nodiscard]] bool done() const override { return sink_.is_done(); }
    [[nodiscard]] bool keep_alive() const override { return sink_.keep_alive(); }

protected:
    void fail(const beast::error_code& error) {
        this->error_ = classify(error);
        this->error_message_ = error.message();
    }

    /// Beast limits what it has not taken yet; many short fields, or a chunk header that never
    /// ends, would pass.
    void count_header(std::size_t taken, std::size_t left) {
        header_bytes_ += sink_.is_header_done() ? 0 : taken;
        if (!sink_.is_done() && header_bytes_ + left > limits_.header_bytes) {
            fail(beast::http::error::header_limit);
        }
    }

    Headers headers_;
    std::string body_;

private:
    ParserLimits limits_;
    std::size_t header_bytes_ = 0;

protected:
    Sink<IsRequest> sink_;
};

class RequestParserImpl final : public ParserOf<RequestParser, true> {
public:
    using ParserOf::ParserOf;

    [[nodiscard]] bool http_1_0() const override { return sink_.http_1_0; }

    [[nodiscard]] bool expects_continue() const override {
        const auto expectation = headers_.find("Expect");
        return !sink_.http_1_0 && expectation && same_name(*expectation, "100-continue");
    }

    Request take() override {
        return {sink_.method, std::move(sink_.target), std::move(headers_), std::move(body_), {}};
    }
};

class ResponseParserImpl final : public ParserOf<ResponseParser, false> {
public:
    ResponseParserImpl(ParserLimits limits, bool no_body) : ParserOf(limits) {
        sink_.skip(no_body);
    }

    [[nodiscard]] unsigned status() const override { return static_cast<unsigned>(sink_.status); }
    [[nodiscard]] Headers& headers() override { return headers_; }
    [[nodiscard]] std::string& body() override { return body_; }
};

}  // namespace

std::unique_ptr<RequestParser> make_request_parser(ParserLimits limits) {
    return std::make_unique<RequestParserImpl>(limits);
}

std::unique_ptr<ResponseParser> make_response_parser(ParserLimits limits, bool no_body) {
    return std::make_unique<ResponseParserImpl>(limits, no_body);
}

}  // namespace picket::http::detail
