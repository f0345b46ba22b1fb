#include "nodeagent/pod/environment.hpp"

#include "nodeagent/pod/env_file.hpp"
#include "tests/support/result_text.hpp"
#include "tests/unit/nodeagent/pod_builder.hpp"

#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

using builders::a_pod;

TEST_CASE("Environment: $(NAME) is expanded", "[nodeagent]") {
    struct Row {
        const char* text;
        const char* expected;
    };
    const auto row = GENERATE(
        Row{"plain", "plain"},
        Row{"$(A)", "1"},
        Row{"--to=[$(A)]:$(B)", "--to=[1]:2"},
        Row{"$$(A)", "$(A)"},
        Row{"$(UNKNOWN)", "$(UNKNOWN)"},
        Row{"$(A", "$(A"},
        Row{"$", "$"},
        Row{"$A", "$A"},
        Row{"$$$(A)", "$1"});
    CAPTURE(row.text);
    const Environment environment = {{"A", "1"}, {"B", "2"}};
    CHECK(expand_variables(row.text, lookup_in(environment)) == row.expected);
}

Json variable(const std::string& name, const Json& source) {
    return {{"name", name}, {"valueFrom", source}};
}

TEST_CASE("Environment: envFrom first, then env in order, which overrides", "[nodeagent]") {
    const auto pod =
        a_pod()
            .container(
                "main",
                {{"envFrom",
                  Json::array({Json{{"prefix", "P_"}, {"configMapRef", {{"name", "cfg"}}}}})},
                 {"env",
                  Json::array(
                      {Json{{"name", "P_A"}, {"value", "mine"}},
                       Json{{"name", "C"}, {"value", "$(P_A)-$(P_B)-$(LATER)"}},
                       Json{{"name", "LATER"}, {"value", ""}}})}})
            .build();
    ReferencedObjects objects;
    objects.config_maps["cfg"] = {{"A", "a"}, {"B", "b"}, {"1 bad", "x"}};
    objects.config_maps["cfg"]["not a name"] = "x";
    const auto built = build_environment(
        pod, pod.spec.containers[0], {"node-1", "10.0.0.1"}, "172.17.0.2", objects);
    REQUIRE(built);
    CHECK(
        built->variables ==
        Environment{{"P_A", "mine"}, {"P_B", "b"}, {"C", "mine-b-$(LATER)"}, {"LATER", ""}});
    CHECK(built->skipped_keys.size() == 2);
}

TEST_CASE("Environment: fields of the pod and its node", "[nodeagent]") {
    struct Row {
        const char* path;
        const char* expected;
    };
    const auto row = GENERATE(
        Row{"metadata.name", "web"},
        Row{"metadata.namespace", "default"},
        Row{"metadata.uid", "uid-1"},
        Row{"metadata.labels['app']", "shop"},
        Row{"metadata.labels['none']", ""},
        Row{"metadata.annotations['a/b']", "c"},
        Row{"spec.nodeName", "node-1"},
        Row{"status.hostIP", "10.0.0.1"},
        Row{"status.podIP", "172.17.0.2"});
    CAPTURE(row.path);
    const auto pod = a_pod()
                         .metadata("labels", {{"app", "shop"}})
                         .metadata("annotations", {{"a/b", "c"}})
                         .build();
    CHECK(
        pod_field(pod, {"node-1", "10.0.0.1"}, "172.17.0.2", row.path) ==
        std::string(row.expected));
    CHECK_FALSE(pod_field(pod, {}, {}, "spec.nonsense"));
}

TEST_CASE("Environment: resources are divided and rounded up", "[nodeagent]") {
    struct Row {
        const char* path;
        const char* divisor;
        const char* expected;
    };
    const auto row = GENERATE(
        Row{"limits.cpu", "1", "2"},
        Row{"limits.cpu", "1m", "1500"},
        Row{"limits.memory", "1", "67108864"},
        Row{"limits.memory", "1Mi", "64"},
        Row{"limits.memory", "1M", "68"},
        Row{"requests.cpu", "1", "0"});
    CAPTURE(row.path, row.divisor);
    const auto pod =
        a_pod()
            .container(
                "main", {{"resources", {{"limits", {{"cpu", "1500m"}, {"memory", "64Mi"}}}}}})
            .build();
    CHECK(
        container_resource(pod.spec.containers[0], {}, row.path, *Quantity::parse(row.divisor)) ==
        row.expected);
}

TEST_CASE("Environment: without a limit the node's allocatable amount is given", "[nodeagent]") {
    const auto pod = a_pod().container("main").build();
    NodeContext node;
    node.allocatable = {{"cpu", Quantity::of(4)}};
    CHECK(container_resource(pod.spec.containers[0], node, "limits.cpu", Quantity::of(1)) == "4");
}

TEST_CASE("Environment: what is missing and not optional is named", "[nodeagent]") {
    const auto build = [](const Json& source, const ReferencedObjects& objects) {
        const auto pod =
            a_pod().container("main", {{"env", Json::array({variable("X", source)})}}).build();
        return build_environment(pod, pod.spec.containers[0], {}, {}, objects);
    };
    ReferencedObjects objects;
    const Json no_object = {{"configMapKeyRef", {{"name", "cfg"}, {"key", "k"}}}};
    CHECK(build(no_object, objects).error().message == "configmap \"cfg\" not found");
    objects.secrets["s"] = {};
    const Json no_key = {{"secretKeyRef", {{"name", "s"}, {"key", "k"}}}};
    CHECK(build(no_key, objects).error().message == "couldn't find key k in Secret default/s");
    const Json optional = {{"secretKeyRef", {{"name", "s"}, {"key", "k"}, {"optional", true}}}};
    CHECK(build(optional, objects)->variables.empty());
}

TEST_CASE("Environment: what a file of variables says", "[nodeagent]") {
    using Variables = std::map<std::string, std::string>;
    struct Row {
        const char* text;
        Variables expected;
    };
    const auto row = GENERATE(values<Row>({
        {"", {}},
        {"\n  # A='1'\n", {}},
        {"A='1'\nB='two words'", {{"A", "1"}, {"B", "two words"}}},
        {"A='$B # \\n'\n", {{"A", "$B # \\n"}}},
        {"A='one\ntwo'\nB=''\n", {{"A", "one\ntwo"}, {"B", ""}}},
        {"  A=\"x'y\"  \n", {{"A", "x'y"}}},
        {"A=bare words \nB=\nC=a=b\r\n", {{"A", "bare words"}, {"B", ""}, {"C", "a=b"}}},
        {"A='1'\nA='2'\n", {{"A", "2"}}},
    }));
    CAPTURE(row.text);
    const auto parsed = parse_env_file(row.text);
    REQUIRE(parsed.has_value());
    CHECK(*parsed == row.expected);
}

TEST_CASE("Environment: a line that is no variable is named", "[nodeagent]") {
    struct Row {
        const char* text;
        const char* expected;
    };
    const auto row = GENERATE(values<Row>({
        {"A='1'\n\nwords\nB='2'", "line 3: it is not NAME=value"},
        {"='1'", "line 1: it does not begin with a name"},
        {"export A='1'", "line 1: it does not begin with a name"},
        {"A='x\ny'\nB='open\n", "line 3: the quote does not end"},
        {"A='1' B='2'", "line 1: nothing may follow the quote"},
    }));
    CAPTURE(row.text);
    CHECK(parse_env_file(row.text).error().message == row.expected);
}

TEST_CASE("Environment: variables from a file in a volume", "[nodeagent]") {
    const auto build = [](const std::string& path, const std::string& key, bool optional) {
        const Json source = {
            {"fileKeyRef",
             {{"volumeName", "v"}, {"path", path}, {"key", key}, {"optional", optional}}}};
        const auto pod =
            a_pod().container("main", {{"env", Json::array({variable("X", source)})}}).build();
        return build_environment(
            pod,
            pod.spec.containers[0],
            {},
            {},
            {},
            [](const std::string& volume,
               const std::string& file) -> Result<std::optional<std::string>> {
                if (volume != "v" || file == "none") return std::optional<std::string>();
                return std::optional<std::string>(file == "bad" ? "words" : "A='1'");
            });
    };
    CHECK(build("f", "A", false)->variables == Environment{{"X", "1"}});
    CHECK(build("f", "B", true)->variables.empty());
    CHECK(build("none", "A", true)->variables.empty());
    CHECK(build("f", "B", false).error().message == "couldn't find key B in file f of volume v");
    CHECK(build("none", "A", false).error().message == "file none not found in volume v");
    CHECK(
        build("bad", "A", true).error().message ==
        "line 1: it is not NAME=value in file bad of volume v");
}

}  // namespace
}  // namespace picket::nodeagent
