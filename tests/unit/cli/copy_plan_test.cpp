#include "cli/copy_plan.hpp"

#include <catch2/catch.hpp>

using namespace picket::cli;

TEST_CASE("cp: which of two paths is in a pod", "[cp]") {
    struct Row {
        const char* text;
        const char* namespace_name;
        const char* pod;
        const char* path;
    };
    const auto row = GENERATE(
        Row{"web-x2:/etc/hosts", "", "web-x2", "/etc/hosts"},
        Row{"web-x2:", "", "web-x2", ""},
        Row{"ops/web-x2:a:b", "ops", "web-x2", "a:b"});
    CAPTURE(row.text);
    const auto path = parse_pod_path(row.text);
    REQUIRE(path.has_value());
    CHECK(path->namespace_name == row.namespace_name);
    CHECK(path->pod == row.pod);
    CHECK(path->path == row.path);
    const auto* here = GENERATE("a", "/a:b", "./a:b", "../x", ":a", "");
    CAPTURE(here);
    CHECK_FALSE(parse_pod_path(here).has_value());
}

TEST_CASE("cp: folder and name of a path", "[cp]") {
    const auto place = [](const char* path) {
        const auto found = place_of(path);
        return found.folder + "|" + found.name;
    };
    CHECK(place("/etc/hosts") == "/etc|hosts");
    CHECK(place("/etc/") == "/|etc");
    CHECK(place("hosts") == ".|hosts");
    CHECK(place("a/b") == "a|b");
}

TEST_CASE("cp: a new name is given to tar only where it is one", "[cp]") {
    CHECK(pack_words({"/x", "a"}, "a").size() == 7);
    const auto words = pack_words({"/x", "a.b"}, "c&d");
    CHECK(words.at(5) == "--transform=flags=rSH;s|^\\(\\./\\)*a\\.b\\(/\\|$\\)|c\\&d\\2|");
    CHECK(unpack_words({"/x", "new"}, "old").size() == 6);
}
