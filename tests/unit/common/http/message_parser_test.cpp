#include "common/http/detail/message_parser.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace picket::http::detail;

namespace {

/// Offers `text` in pieces, as a connection does: what is not taken comes again, with more.
void put_in_pieces(MessageParser& parser, const std::string& text, std::size_t piece) {
    std::string waiting;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        waiting += text.substr(at, piece);
        waiting.erase(0, parser.put(waiting));
    }
}

}  // namespace

TEST_CASE("Message parser: a chunked body may come in pieces of any size", "[http]") {
    struct Row {
        const char* name;
        const char* chunks;
        const char* body;
    };
    const auto row = GENERATE(
        Row{"no chunk", "0\r\n\r\n", ""},
        Row{"no chunk, many zeros", "000000\r\n\r\n", ""},
        Row{"no chunk, an extension", "0;a=b\r\n\r\n", ""},
        Row{"no chunk, a trailer", "0\r\nA: b\r\n\r\n", ""},
        Row{"a small one", "1\r\nx\r\n0\r\n\r\n", "x"},
        Row{"one that begins with a zero", "01\r\nx\r\n0\r\n\r\n", "x"},
        Row{"two", "3\r\nabc\r\n2\r\n{}\r\n0\r\n\r\n", "abc{}"});
    const auto piece = GENERATE(1U, 2U, 3U, 4U, 5U, 6U, 7U, 100U);
    CAPTURE(row.name, piece);
    const auto parser = make_request_parser({});
    put_in_pieces(
        *parser,
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n") + row.chunks,
        piece);
    CHECK(parser->error_message().empty());
    REQUIRE(parser->done());
    CHECK(parser->take().body == row.body);
}
