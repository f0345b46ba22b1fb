#pragma once
#include "common/http/message.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace picket::http::detail {

enum class ParseError { None, Malformed, HeaderTooLarge, BodyTooLarge };

struct ParserLimits {
    std::size_t header_bytes = 64U << 10U;
    std::uint64_t body_bytes = UINT64_MAX;
};

/// What both directions have in common. Feed it with put(); what it does not take must be offered
/// again, followed by more input.
class MessageParser {
public:
    virtual ~MessageParser() = default;

    /// Takes what it can of `input`; returns how much that was.
    virtual std::size_t put(std::string_view input) = 0;
    /// The peer has ended its stream: the end of a body without a length, otherwise an error.
    virtual void put_end() = 0;
    [[nodiscard]] virtual bool started() const = 0;
    [[nodiscard]] virtual bool header_done() const = 0;
    [[nodiscard]] virtual bool done() const = 0;
    /// Valid once the header is done.
    [[nodiscard]] virtual bool keep_alive() const = 0;

    [[nodiscard]] ParseError error() const { return error_; }
    /// For people, if there is an error.
    [[nodiscard]] const std::string& error_message() const { return error_message_; }

protected:
    ParseError error_ = ParseError::None;
    std::string error_message_;
};

class RequestParser : public MessageParser {
public:
    [[nodiscard]] virtual bool http_1_0() const = 0;
    [[nodiscard]] virtual bool expects_continue() const = 0;
    /// Once done.
    virtual Request take() = 0;
};

class ResponseParser : public MessageParser {
public:
    [[nodiscard]] virtual unsigned status() const = 0;
    [[nodiscard]] virtual Headers& headers() = 0;
    /// What of the body came since it was last taken out.
    [[nodiscard]] virtual std::string& body() = 0;
};

[[nodiscard]] std::unique_ptr<RequestParser> make_request_parser(ParserLimits limits);
/// `no_body`: the answer to HEAD.
[[nodiscard]] std::unique_ptr<ResponseParser> make_response_parser(
    ParserLimits limits, bool no_body);

}  // namespace picket::http::detail
