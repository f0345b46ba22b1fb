#include "common/api/names.hpp"

#include <catch2/catch.hpp>

namespace picket {
namespace {

using Check = NameProblems (*)(std::string_view);

struct NameRow {
    std::string rule;
    Check check;
    std::string text;
    bool valid;
};

TEST_CASE("names: what each syntax takes", "[names]") {
    const std::string long63(63, 'a');
    const std::string long64(64, 'a');
    const auto row = GENERATE_COPY(values<NameRow>({
        {"label", check_dns_label, "web-1", true},
        {"label", check_dns_label, "1", true},
        {"label", check_dns_label, long63, true},
        {"label", check_dns_label, long64, false},
        {"label", check_dns_label, "", false},
        {"label", check_dns_label, "Web", false},
        {"label", check_dns_label, "-web", false},
        {"label", check_dns_label, "web-", false},
        {"label", check_dns_label, "a.b", false},
        {"subdomain", check_dns_subdomain, "node1.example.com", true},
        {"subdomain", check_dns_subdomain, "a..b", false},
        {"subdomain", check_dns_subdomain, "a.-b", false},
        {"subdomain", check_dns_subdomain, ".", false},
        {"subdomain", check_dns_subdomain, std::string(254, 'a'), false},
        {"subdomain", check_dns_subdomain, "a_b", false},
        {"qualified name", check_qualified_name, "app", true},
        {"qualified name", check_qualified_name, "example.com/App_1.x", true},
        {"qualified name", check_qualified_name, "/app", false},
        {"qualified name", check_qualified_name, "example.com/", false},
        {"qualified name", check_qualified_name, "Example.com/app", false},
        {"qualified name", check_qualified_name, "a/b/c", false},
        {"qualified name", check_qualified_name, "", false},
        {"qualified name", check_qualified_name, long64, false},
        {"label value", check_label_value, "", true},
        {"label value", check_label_value, "A.b_c-1", true},
        {"label value", check_label_value, "-a", false},
        {"label value", check_label_value, "a b", false},
        {"label value", check_label_value, long64, false},
        {"port name", check_port_name, "http", true},
        {"port name", check_port_name, "8080", false},
        {"port name", check_port_name, "a--b", false},
        {"port name", check_port_name, "abcdefghijklmnop", false},
        {"data key", check_data_key, "tls.crt", true},
        {"data key", check_data_key, ".hidden", true},
        {"data key", check_data_key, "..", false},
        {"data key", check_data_key, "a/b", false},
    }));
    CAPTURE(row.rule, row.text);
    CHECK(row.check(row.text).empty() == row.valid);
}

}  // namespace
}  // namespace picket
