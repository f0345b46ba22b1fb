#include "apiserver/routes/body.hpp"

#include "apiserver/routes/protobuf.hpp"
#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cctype>

using namespace picket;
using namespace picket::apiserver;

namespace {

/// Hex digits, blanks ignored.
std::string bytes_of(std::string_view hex) {
    std::string digits;
    for (const char c : hex) {
        if (c != ' ') digits += c;
    }
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    }
    return bytes;
}

// What kubectl 1.32 sent, recorded.
const auto* const kCreateNamespace =
    "6b387300 0a0f 0a027631 12094e616d657370616365 121b 0a13 0a03666f6f 1200 1a00 2200 2a00 3200 "
    "3800 "
    "4200 1a020a00 1a00 2200";
const auto* const kDeleteOptions =
    "6b387300 0a13 0a027631 120d44656c6574654f7074696f6e73 1202 0805 1a00 2200";

}  // namespace

TEST_CASE("Body: an empty body is null, a missing media type is JSON", "[body]") {
    CHECK(decode_body("application/json", "", false)->document.is_null());
    CHECK(decode_body("", R"({"a":1})", false)->document == Json{{"a", 1}});
}

TEST_CASE("Body: text that is not JSON is refused with the place", "[body]") {
    const auto body = decode_body("application/json", R"({"a":)", false);
    REQUIRE_FALSE(body);
    CHECK(body.error().reason == Reason::BadRequest);
    CHECK(body.error().message.find("column") != std::string::npos);
}

TEST_CASE("Body: other media types are refused", "[body]") {
    const auto body = decode_body("text/plain", "x", false);
    REQUIRE_FALSE(body);
    CHECK(body.error().reason == Reason::UnsupportedMediaType);
}

TEST_CASE("Body: nesting is bounded, brackets in strings do not count", "[body]") {
    const std::string deep(kMaxBodyDepth + 1, '[');
    CHECK_FALSE(parse_json_body(deep + std::string(kMaxBodyDepth + 1, ']'), false));
    CHECK_FALSE(parse_json_body(std::string(1'000'000, '['), false));
    CHECK(parse_json_body(R"({"a":")" + deep + R"(\"[[["})", false));
}

TEST_CASE("Body: duplicate keys are found with their path", "[body]") {
    const auto body = parse_json_body(
        R"({"spec":{"a":1,"a":2,"list":[{"n":1},{"n":1,"n":2}]},"kind":"x","kind":"y"})", true);
    REQUIRE(body);
    CHECK(body->duplicate_fields == std::vector<std::string>{"spec.a", "spec.list[1].n", "kind"});
    CHECK(body->document["kind"] == "y");
}

TEST_CASE("Body: equal keys of different objects are no duplicates", "[body]") {
    const auto body = parse_json_body(R"({"a":{"x":1},"b":{"x":1},"c":[{"x":[]},{"x":{}}]})", true);
    REQUIRE(body);
    CHECK(body->duplicate_fields.empty());
}

TEST_CASE("Body: YAML and JSON are both YAML", "[body]") {
    for (const auto* text :
         {"a: {b: [1, yes]}\n", "  {\"a\": {\"b\": [1, true]}}", "---\na:\n  b: [1, on]\n"}) {
        CAPTURE(text);
        const auto body = decode_body("application/yaml", text, false);
        REQUIRE(body);
        CHECK(body->document == Json{{"a", {{"b", {1, true}}}}});
    }
}

TEST_CASE("Body: YAML that is none, of two documents, or too deep is refused", "[body]") {
    std::string deep;
    for (int i = 0; i < 20'000; ++i) deep += "- ";
    std::string indented;
    for (int i = 0; i < 1'000; ++i)
        indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    const auto text = GENERATE_COPY(
        std::string("a: [b"),
        std::string("a: 1\n---\nb: 2\n"),
        std::string("# nothing\n"),
        std::string(1000, '['),
        deep,
        indented);
    CAPTURE(text.substr(0, 40));
    const auto body = parse_yaml_body(text, false);
    REQUIRE_FALSE(body);
    CHECK(body.error().reason == Reason::BadRequest);
}

TEST_CASE("Protobuf: a namespace as kubectl sends it", "[protobuf]") {
    const auto object = decode_protobuf(bytes_of(kCreateNamespace));
    REQUIRE(object);
    CHECK(
        *object ==
        Json{{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "foo"}}}});
}

TEST_CASE("Protobuf: delete options as kubectl drain sends them", "[protobuf]") {
    const auto object = decode_protobuf(bytes_of(kDeleteOptions));
    REQUIRE(object);
    CHECK((*object)["gracePeriodSeconds"] == 5);
    CHECK_FALSE(object->contains("propagationPolicy"));
}

TEST_CASE("Protobuf: secrets carry bytes, config maps text", "[protobuf]") {
    // Secret{metadata{name:"s"}, data{"k": "v"}, type:"Opaque"}
    const auto secret =
        decode_protobuf(bytes_of("6b387300 0a0c 0a027631 1206536563726574 1217 0a03 0a0173 1206 "
                                 "0a016b 120176 1a06 4f7061717565 1a00"
                                 "2200"));
    REQUIRE(secret);
    CHECK((*secret)["data"]["k"] == "dg==");
    CHECK((*secret)["type"] == "Opaque");
}

TEST_CASE("Protobuf: a quota's amounts are the text of quantities", "[protobuf]") {
    const auto object = decode_protobuf(
        bytes_of("6b387300 0a13 0a027631 120d 5265736f7572636551756f7461 1213 0a03 0a0171 120c "
                 "0a0a 0a03637075 1203 0a0132"));
    REQUIRE(object);
    CHECK((*object)["kind"] == "ResourceQuota");
    CHECK((*object)["spec"] == Json{{"hard", {{"cpu", "2"}}}});
}

TEST_CASE("Protobuf: a service with a named target port", "[protobuf]") {
    const auto object = decode_protobuf(
        bytes_of("6b3873000a0d0a027631120753657276696365123c0a030a017312350a1a0a046874747012035443"
                 "5018502209080110001a037765622800120a0a0361707012037765621a002209436c757374657249"
                 "501a002200"));
    REQUIRE(object);
    CHECK(
        (*object)["spec"] ==
        Json{
            {"ports",
             {{{"name", "http"}, {"protocol", "TCP"}, {"port", 80}, {"targetPort", "web"}}}},
            {"selector", {{"app", "web"}}},
            {"type", "ClusterIP"}});
}

TEST_CASE("Protobuf: the core group in a rule is an empty string, not nothing", "[protobuf]") {
    const auto object = decode_protobuf(
        bytes_of("6b3873000a240a1c726261632e617574686f72697a6174696f6e2e6b38732e696f2f76311204526f"
                 "6c6512140a030a0172120d0a0367657412001a04706f64731a002200"));
    REQUIRE(object);
    CHECK((*object)["rules"][0]["apiGroups"] == Json{""});
    CHECK((*object)["rules"][0]["verbs"] == Json{"get"});
}

TEST_CASE("Protobuf: the question of kubectl auth can-i", "[protobuf]") {
    const auto object = decode_protobuf(
        bytes_of("6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f7631121753656c66537562"
                 "6a65637441636365737352657669657712290a00121f0a1d0a0764656661756c7412036765741a00"
                 "22012a2a04706f647332003a001a04080012001a002200"));
    REQUIRE(object);
    CHECK(
        (*object)["spec"]["resourceAttributes"] ==
        Json{{"namespace", "default"}, {"verb", "get"}, {"version", "*"}, {"resource", "pods"}});
}

TEST_CASE("Protobuf: a pod for debugging a node", "[protobuf]") {
    const auto object = decode_protobuf(
        bytes_of("6b3873000a090a0276311203506f6412550a030a0170124e0a140a09686f73742d726f6f7412070a"
                 "050a012f120012290a0163120762757379626f7842004a160a09686f73742d726f6f7410001a052f"
                 "686f737422008001011a054e6576657252026e3158011a002200"));
    REQUIRE(object);
    const auto& spec = (*object)["spec"];
    CHECK(spec["volumes"] == Json{{{"name", "host-root"}, {"hostPath", {{"path", "/"}}}}});
    CHECK(spec["containers"][0]["volumeMounts"][0]["mountPath"] == "/host");
    CHECK(spec["containers"][0]["stdin"] == true);
    CHECK(spec["nodeName"] == "n1");
    CHECK(spec["hostNetwork"] == true);
}

TEST_CASE("Protobuf: a pod with a field that is not understood is refused", "[protobuf]") {
    // containers[0].livenessProbe: dropped, the pod would be another one
    const auto pod = decode_protobuf(
        bytes_of("6b3873000a090a0276311203506f6412100a030a0170120912070a0163520210051a002200"));
    REQUIRE_FALSE(pod);
    CHECK(pod.error().reason == Reason::UnsupportedMediaType);
}

TEST_CASE("Protobuf: cut short at any place it is refused, never read past its end", "[protobuf]") {
    const auto whole = bytes_of(kCreateNamespace);
    const auto size = GENERATE_COPY(range(std::size_t{4}, whole.size() - 4));
    CAPTURE(size);
    const auto object = decode_protobuf(whole.substr(0, size));
    if (object) CHECK(object->is_object());  // cut between two fields
    if (!object) CHECK(object.error().message.find("protobuf") != std::string::npos);
}

TEST_CASE("Protobuf: other bytes and other kinds are refused", "[protobuf]") {
    CHECK(decode_protobuf("{}").error().reason == Reason::BadRequest);
    const auto other =
        decode_protobuf(bytes_of("6b3873000a100a027631120a4465706c6f796d656e7412001a002200"));
    REQUIRE_FALSE(other);
    CHECK(other.error().reason == Reason::UnsupportedMediaType);
}

TEST_CASE("Protobuf: text that is not UTF-8 is refused", "[protobuf]") {
    auto bytes = bytes_of(kCreateNamespace);
    bytes[bytes.find("foo")] = static_cast<char>(0xff);
    CHECK_FALSE(decode_protobuf(bytes));
}
