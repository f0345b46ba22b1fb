#include "common/schema/schema.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace picket::schema {
namespace {

Json with_defaults(std::string_view group_version, std::string_view kind, Json document) {
    const Type* type = find_kind(group_version, kind);
    REQUIRE(type != nullptr);
    apply_defaults(*type, document);
    return document;
}

Json pod_spec_with_defaults(Json spec) {
    return with_defaults("v1", "Pod", {{"spec", std::move(spec)}})["spec"];
}

struct Row {
    std::string name;
    Json spec;
    std::string pointer;
    Json expected;
};

TEST_CASE("Schema defaults: what a pod spec gets", "[schema]") {
    const Json container = Json::parse(R"({"containers": [{"ports": [{"containerPort": 80}],
        "env": [{"valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "livenessProbe": {"httpGet": {"port": 80}}}]})");
    const auto row = GENERATE_COPY(values<Row>({
        {"restart policy", Json::object(), "/restartPolicy", "Always"},
        {"DNS policy", Json::object(), "/dnsPolicy", "ClusterFirst"},
        {"grace period", Json::object(), "/terminationGracePeriodSeconds", 30},
        {"security context", Json::object(), "/securityContext", Json::object()},
        {"scheduler", Json::object(), "/schedulerName", "default-scheduler"},
        {"null is absent", {{"restartPolicy", nullptr}}, "/restartPolicy", "Always"},
        {"an empty string is absent", {{"restartPolicy", ""}}, "/restartPolicy", "Always"},
        {"given stays", {{"restartPolicy", "Never"}}, "/restartPolicy", "Never"},
        {"a given zero stays",
         {{"terminationGracePeriodSeconds", 0}},
         "/terminationGracePeriodSeconds",
         0},
        {"termination message",
         container,
         "/containers/0/terminationMessagePath",
         "/dev/termination-log"},
        {"termination policy", container, "/containers/0/terminationMessagePolicy", "File"},
        {"resources", container, "/containers/0/resources", Json::object()},
        {"protocol", container, "/containers/0/ports/0/protocol", "TCP"},
        {"fieldRef", container, "/containers/0/env/0/valueFrom/fieldRef/apiVersion", "v1"},
        {"probe",
         container,
         "/containers/0/livenessProbe",
         {{"timeoutSeconds", 1},
          {"periodSeconds", 10},
          {"successThreshold", 1},
          {"failureThreshold", 3},
          {"httpGet", {{"port", 80}, {"path", "/"}, {"scheme", "HTTP"}}}}},
        {"zero is absent for a probe's period",
         Json::parse(R"({"containers": [{"livenessProbe": {"periodSeconds": 0}}]})"),
         "/containers/0/livenessProbe/periodSeconds",
         10},
        {"init containers",
         Json::parse(R"({"initContainers": [{}]})"),
         "/initContainers/0/terminationMessagePolicy",
         "File"},
        {"hostPath type",
         Json::parse(R"({"volumes": [{"hostPath": {"path": "/"}}]})"),
         "/volumes/0/hostPath/type",
         ""},
        {"file mode",
         Json::parse(R"({"volumes": [{"configMap": {"name": "c"}}]})"),
         "/volumes/0/configMap/defaultMode",
         420},
        {"a label without a value is empty",
         Json::parse(R"({"nodeSelector": {"edge": null}})"),
         "/nodeSelector",
         {{"edge", ""}}},
    }));
    CAPTURE(row.name);
    CHECK(pod_spec_with_defaults(row.spec)[Json::json_pointer(row.pointer)] == row.expected);
}

TEST_CASE("Schema defaults: nothing appears that was not asked for", "[schema]") {
    const Json set = with_defaults("apps/v1", "DaemonSet", {{"metadata", {{"name", "x"}}}});
    CHECK(set == Json{{"metadata", {{"name", "x"}}}});
    CHECK(
        with_defaults("apps/v1", "DaemonSet", {{"spec", Json::object()}})["spec"] ==
        Json{{"revisionHistoryLimit", 10}});
}

TEST_CASE("Schema defaults: applied twice is applied once", "[schema]") {
    const Json once = with_defaults(
        "v1",
        "Pod",
        Json::parse(
            R"({"spec": {"containers": [{"name": "a", "livenessProbe": {"grpc": {"port": 1}}}],
            "volumes": [{"name": "v", "secret": {"secretName": "s"}}]}})"));
    CHECK(with_defaults("v1", "Pod", once) == once);
}

TEST_CASE("Schema defaults: nulls go, but not where there is no schema", "[schema]") {
    const Json revision = with_defaults(
        "apps/v1", "ControllerRevision", Json::parse(R"({"metadata": {"name": "r", "labels": null},
            "data": {"metadata": {"creationTimestamp": null}}})"));
    CHECK(revision == Json::parse(R"({"metadata": {"name": "r"},
            "data": {"metadata": {"creationTimestamp": null}}})"));
}

TEST_CASE("Schema: drop_nulls removes null members at every depth", "[schema]") {
    Json document = Json::parse(R"({"a": null, "b": {"c": null, "d": 1}, "e": [{"f": null}]})");
    drop_nulls(document);
    CHECK(document == Json::parse(R"({"b": {"d": 1}, "e": [{}]})"));
}

}  // namespace
}  // namespace picket::schema
