#include "common/base/utf8.hpp"

#include <catch2/catch.hpp>

#include <string_view>

using namespace picket;

TEST_CASE("UTF-8: what is text", "[utf8]") {
    struct Row {
        const char* name;
        std::string_view bytes;
        bool good;
    };
    const auto row = GENERATE(
        Row{"nothing", "", true},
        Row{"ASCII", "a\n\x7f", true},
        Row{"a zero", std::string_view("\0", 1), true},
        Row{"two bytes", "\xc3\xa9", true},
        Row{"three bytes", "\xe2\x82\xac", true},
        Row{"four bytes", "\xf0\x9f\x99\x82", true},
        Row{"the last one", "\xf4\x8f\xbf\xbf", true},
        Row{"beyond the last one", "\xf4\x90\x80\x80", false},
        Row{"cut short", "a\xe2\x82", false},
        Row{"a continuation alone", "\x80", false},
        Row{"no continuation", "\xc3(", false},
        Row{"overlong, two bytes", "\xc0\xaf", false},
        Row{"overlong, three bytes", "\xe0\x80\xaf", false},
        Row{"overlong, four bytes", "\xf0\x80\x80\xaf", false},
        Row{"half of a surrogate pair", "\xed\xa0\x80", false},
        Row{"never", "\xff", false});
    CAPTURE(row.name);
    CHECK(is_utf8(row.bytes) == row.good);
}
