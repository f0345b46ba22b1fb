#include "fixtures.hpp"

#include <catch2/catch.hpp>

namespace picket::registry {
namespace {

using namespace test;
using Causes = std::vector<std::string>;

struct Row {
    std::string rule;
    std::string patch;
    Causes expected;
};

const std::string kTooLong(256 * 1024, 'x');

TEST_CASE("DaemonSet: what is wrong in both versions is named with its field", "[daemonset]") {
    const auto row = GENERATE(values<Row>({
        {"valid", "{}", {}},
        {"no name", R"({"metadata":{"name":null}})", {"FieldValueRequired metadata.name"}},
        {"name in capitals", R"({"metadata":{"name":"Web"}})", {"FieldValueInvalid metadata.name"}},
        {"longest name", R"({"metadata":{"name":")" + std::string(253, 'x') + R"("}})", {}},
        {"name too long",
         R"({"metadata":{"name":")" + std::string(254, 'x') + R"("}})",
         {"FieldValueInvalid metadata.name"}},
        {"no namespace",
         R"({"metadata":{"namespace":null}})",
         {"FieldValueRequired metadata.namespace"}},
        {"bad label key",
         R"({"metadata":{"labels":{"a b":"x"}}})",
         {"FieldValueInvalid metadata.labels"}},
        {"bad label value",
         R"({"metadata":{"labels":{"a":"-"}}})",
         {"FieldValueInvalid metadata.labels"}},
        {"bad annotation key",
         R"({"metadata":{"annotations":{"a/b/c":"x"}}})",
         {"FieldValueInvalid metadata.annotations"}},
        {"annotation keys may have capitals before the slash",
         R"({"metadata":{"annotations":{"Example.COM/Key":"x"}}})",
         {}},
        {"annotations too long",
         R"({"metadata":{"annotations":{"a":")" + kTooLong + R"("}}})",
         {"FieldValueTooLong metadata.annotations"}},
        {"a rollout policy that does not exist",
         R"({"metadata":{"annotations":{"picket.dev/rollout-policy":"kubernets"}}})",
         {"FieldValueNotSupported metadata.annotations[picket.dev/rollout-policy]"}},
        {"a rollout policy",
         R"({"metadata":{"annotations":{"picket.dev/rollout-policy":"kubernetes"}}})",
         {}},
        {"bad label in the template",
         R"({"metadata":{"labels":{"a":"b"}},"spec":{"template":{"metadata":{"labels":{"a b":"x"}}}}})",
         {"FieldValueInvalid spec.template.labels"}},
        {"bad annotation in the template",
         R"({"spec":{"template":{"metadata":{"annotations":{"a b":"x"}}}}})",
         {"FieldValueInvalid spec.template.annotations"}},
        {"selector does not match",
         R"({"spec":{"selector":{"matchLabels":{"app":"other"}}}})",
         {"FieldValueInvalid spec.template.metadata.labels"}},
        {"selector with an expression that does not match",
         R"({"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]}}})",
         {"FieldValueInvalid spec.template.metadata.labels"}},
        {"selector {}",
         R"({"spec":{"selector":{"matchLabels":null}}})",
         {"FieldValueInvalid spec.selector"}},
        {"neither selector nor labels",
         R"({"spec":{"selector":null,"template":{"metadata":null}}})",
         {"FieldValueInvalid spec.template.metadata.labels"}},
        {"selector key",
         R"({"spec":{"selector":{"matchLabels":{"a b":"x"}}}})",
         {"FieldValueInvalid spec.selector.matchLabels"}},
        {"selector value",
         R"({"spec":{"selector":{"matchLabels":{"app":"-"}}}})",
         {"FieldValueInvalid spec.selector.matchLabels"}},
        {"NotIn without values",
         R"({"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"NotIn","values":[]}]}}})",
         {"FieldValueRequired spec.selector.matchExpressions[0].values"}},
        {"DoesNotExist with values",
         R"({"spec":{"selector":{"matchExpressions":[{"key":"x","operator":"DoesNotExist","values":["y"]}]}}})",
         {"FieldValueForbidden spec.selector.matchExpressions[0].values"}},
        {"labels and expressions are both asked",
         R"({"spec":{"selector":{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"x","operator":"Exists"}]}}})",
         {"FieldValueInvalid spec.template.metadata.labels"}},
        {"In without values",
         R"({"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"In"}]}}})",
         {"FieldValueRequired spec.selector.matchExpressions[0].values"}},
        {"Exists with values",
         R"({"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"Exists","values":["x"]}]}}})",
         {"FieldValueForbidden spec.selector.matchExpressions[0].values"}},
        {"unknown operator",
         R"({"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"Near"}]}}})",
         {"FieldValueInvalid spec.selector.matchExpressions[0].operator"}},
        {"expression key",
         R"({"spec":{"selector":{"matchExpressions":[{"key":"a b","operator":"Exists"}]}}})",
         {"FieldValueInvalid spec.selector.matchExpressions[0].key"}},
        {"restartPolicy OnFailure",
         R"({"spec":{"template":{"spec":{"restartPolicy":"OnFailure"}}}})",
         {"FieldValueNotSupported spec.template.spec.restartPolicy"}},
        {"restartPolicy Never",
         R"({"spec":{"template":{"spec":{"restartPolicy":"Never"}}}})",
         {"FieldValueNotSupported spec.template.spec.restartPolicy"}},
        {"restartPolicy Always",
         R"({"spec":{"template":{"spec":{"restartPolicy":"Always"}}}})",
         {}},
        {"activeDeadlineSeconds",
         R"({"spec":{"template":{"spec":{"activeDeadlineSeconds":5}}}})",
         {"FieldValueForbidden spec.template.spec.activeDeadlineSeconds"}},
        {"ephemeral containers",
         R"({"spec":{"template":{"spec":{"ephemeralContainers":[{"name":"x","image":"x"}]}}}})",
         {"FieldValueForbidden spec.template.spec.ephemeralContainers"}},
        {"pod-spec problem",
         R"({"spec":{"template":{"spec":{"nodeName":"N 1"}}}})",
         {"FieldValueInvalid spec.template.spec.nodeName"}},
        {"no containers",
         R"({"spec":{"template":{"spec":{"containers":[]}}}})",
         {"FieldValueRequired spec.template.spec.containers"}},
        {"minReadySeconds",
         R"({"spec":{"minReadySeconds":-1}})",
         {"FieldValueInvalid spec.minReadySeconds"}},
        {"revisionHistoryLimit",
         R"({"spec":{"revisionHistoryLimit":-1}})",
         {"FieldValueInvalid spec.revisionHistoryLimit"}},
        {"revisionHistoryLimit 0", R"({"spec":{"revisionHistoryLimit":0}})", {}},
        {"unknown strategy",
         R"({"spec":{"updateStrategy":{"type":"Sometimes"}}})",
         {"FieldValueNotSupported spec.updateStrategy"}},
        {"several at once",
         R"({"metadata":{"name":"Web"},"spec":{"minReadySeconds":-1,"revisionHistoryLimit":-2}})",
         {"FieldValueInvalid metadata.name",
          "FieldValueInvalid spec.minReadySeconds",
          "FieldValueInvalid spec.revisionHistoryLimit"}},
    }));
    const auto version = GENERATE(as<std::string>(), kModern, kLegacy);
    CAPTURE(row.rule, version);
    CHECK(causes(create(patched(daemonset_manifest(version), row.patch)).errors) == row.expected);
}

TEST_CASE("DaemonSet: maxUnavailable and maxSurge", "[daemonset]") {
    struct Rolling {
        std::string rule;
        std::string content;
        Causes expected;
    };
    const std::string unavailable = "spec.updateStrategy.rollingUpdate.maxUnavailable";
    const std::string surge = "spec.updateStrategy.rollingUpdate.maxSurge";
    const auto row = GENERATE_COPY(values<Rolling>({
        {"number", R"({"maxUnavailable":3})", {}},
        {"percent", R"({"maxUnavailable":"30%"})", {}},
        {"all", R"({"maxUnavailable":"100%"})", {}},
        {"surge alone", R"({"maxUnavailable":0,"maxSurge":1})", {}},
        {"surge in percent alone", R"({"maxUnavailable":"0%","maxSurge":"10%"})", {}},
        {"negative", R"({"maxUnavailable":-1})", {"FieldValueInvalid " + unavailable}},
        {"negative surge", R"({"maxUnavailable":0,"maxSurge":-1})", {"FieldValueInvalid " + surge}},
        {"no percent",
         R"({"maxUnavailable":"3"})",
         {"FieldValueInvalid " + unavailable, "FieldValueRequired " + unavailable}},
        {"words", R"({"maxUnavailable":"x%","maxSurge":1})", {"FieldValueInvalid " + unavailable}},
        {"more than all", R"({"maxUnavailable":"101%"})", {"FieldValueInvalid " + unavailable}},
        {"both", R"({"maxUnavailable":1,"maxSurge":1})", {"FieldValueInvalid " + surge}},
        {"neither", R"({"maxUnavailable":0})", {"FieldValueRequired " + unavailable}},
        {"neither in percent",
         R"({"maxUnavailable":"0%","maxSurge":"0%"})",
         {"FieldValueRequired " + unavailable}},
    }));
    CAPTURE(row.rule);
    auto manifest = daemonset_manifest();
    manifest["spec"]["updateStrategy"] = {
        {"type", "RollingUpdate"}, {"rollingUpdate", Json::parse(row.content)}};
    CHECK(causes(create(manifest).errors) == row.expected);
    manifest["spec"]["updateStrategy"]["type"] = "OnDelete";
    CHECK(causes(create(manifest).errors) == Causes{});
}

TEST_CASE("DaemonSet: messages are Kubernetes' own where clients show them", "[daemonset]") {
    const auto errors =
        create(patched(daemonset_manifest(), R"({"spec":{"minReadySeconds":-1}})")).errors;
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].message == "Invalid value: -1: must be greater than or equal to 0");
    const auto messages = [](const std::string& patch) {
        std::vector<std::string> texts;
        for (const auto& error : create(patched(daemonset_manifest(), patch)).errors)
            texts.push_back(error.message);
        return texts;
    };
    using Texts = std::vector<std::string>;
    CHECK(
        messages(R"({"spec":{"template":{"spec":{"restartPolicy":"OnFailure"}}}})") ==
        Texts{R"(Unsupported value: "OnFailure": supported values: "Always")"});
    CHECK(
        messages(R"({"spec":{"updateStrategy":{"type":"Sometimes"}}})") ==
        Texts{
            R"(Unsupported value: {"type":"Sometimes"}: supported values: "RollingUpdate", "OnDelete")"});
    CHECK(
        messages(R"({"spec":{"selector":{"matchLabels":null}}})") ==
        Texts{R"(Invalid value: {}: empty selector is invalid for a DaemonSet)"});
    CHECK(
        messages(R"({"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":"101%"}}}})") ==
        Texts{R"(Invalid value: "101%": must not be greater than 100%)"});
    CHECK(
        messages(R"({"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":0}}}})") ==
        Texts{"Required value: cannot be 0 when maxSurge is 0"});
    CHECK(
        messages(R"({"spec":{"updateStrategy":{"rollingUpdate":{"maxSurge":"5%"}}}})") ==
        Texts{R"(Invalid value: "5%": may not be set when maxUnavailable is non-zero)"});
    CHECK(
        messages(
            R"({"spec":{"selector":{"matchExpressions":[{"key":"app","operator":"Near","values":["x"]}]}}})") ==
        Texts{R"(Invalid value: "Near": not a valid selector operator)"});
    CHECK(messages(R"({"metadata":{"labels":{"a b":"x","c":"-"}}})").size() == 2);
    const auto mismatch =
        create(
            patched(daemonset_manifest(), R"({"spec":{"selector":{"matchLabels":{"app":"x"}}}})"))
            .errors;
    REQUIRE(mismatch.size() == 1);
    CHECK(
        mismatch[0].message ==
        R"(Invalid value: {"app":"web"}: `selector` does not match template `labels`)");
}

TEST_CASE("DaemonSet: the affinity annotation of the 2016 document is checked", "[daemonset]") {
    struct Annotation {
        std::string rule;
        std::string value;
        Causes expected;
    };
    const std::string annotations = "spec.template.annotations";
    const std::string required = annotations +
                                 ".scheduler.alpha.kubernetes.io/affinity.nodeAffinity."
                                 "requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
    const auto with_terms = [](const std::string& terms) {
        return R"({"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":)" +
               terms + "}}}";
    };
    const auto row = GENERATE_COPY(values<Annotation>({
        {"valid",
         with_terms(R"([{"matchExpressions":[{"key":"zone","operator":"In","values":["a"]}]}])"),
         {}},
        {"only pod affinity", R"({"podAffinity":{}})", {}},
        {"null parts", R"({"nodeAffinity":null})", {}},
        {"no JSON", "zone=a", {"FieldValueInvalid " + annotations}},
        {"no object", "[]", {"FieldValueInvalid " + annotations}},
        {"wrong type inside", with_terms(R"("x")"), {"FieldValueInvalid " + annotations}},
        {"no terms", with_terms("[]"), {"FieldValueRequired " + required}},
        {"term without expressions",
         with_terms("[{}]"),
         {"FieldValueRequired " + required + "[0].matchExpressions"}},
        {"In without values",
         with_terms(R"([{"matchExpressions":[{"key":"zone","operator":"In"}]}])"),
         {"FieldValueRequired " + required + "[0].matchExpressions[0].values"}},
        {"unknown operator",
         with_terms(R"([{"matchExpressions":[{"key":"zone","operator":"Near"}]}])"),
         {"FieldValueInvalid " + required + "[0].matchExpressions[0].operator"}},
        {"Gt with two values",
         with_terms(
             R"([{"matchExpressions":[{"key":"zone","operator":"Gt","values":["1","2"]}]}])"),
         {"FieldValueRequired " + required + "[0].matchExpressions[0].values"}},
    }));
    CAPTURE(row.rule);
    auto manifest = daemonset_manifest(kLegacy);
    manifest["spec"]["template"]["metadata"]["annotations"]
            ["scheduler.alpha.kubernetes.io/affinity"] = row.value;
    CHECK(causes(create(manifest).errors) == row.expected);
}

TEST_CASE("DaemonSet: the selector may change through extensions/v1beta1 alone", "[daemonset]") {
    const auto old = create(daemonset_manifest()).object;
    const std::string change = R"({"spec":{"selector":{"matchLabels":{"tier":"x"}},
                                           "template":{"metadata":{"labels":{"tier":"x"}}}}})";
    CHECK(
        causes(update(patched(daemonset_manifest(kModern), change), old).errors) ==
        Causes{"FieldValueInvalid spec.selector"});
    CHECK(update(patched(daemonset_manifest(kLegacy), change), old).errors.empty());
}

TEST_CASE("DaemonSet: counters in the status", "[daemonset]") {
    const auto* resource = find_resource(kModern, "daemonsets");
    REQUIRE(resource != nullptr);
    const auto old =
        patched(create(daemonset_manifest()).object, R"({"status":{"collisionCount":2}})");
    const auto check = [&](const std::string& status) {
        const auto object = patched(old, R"({"status":)" + status + "}");
        return causes(
            strategy_for(*resource).validate_status_update(object, old, context(kModern)));
    };
    CHECK(check(R"({"numberReady":3})").empty());
    CHECK(check(R"({"numberReady":-1})") == Causes{"FieldValueInvalid status.numberReady"});
    CHECK(check(R"({"collisionCount":1})") == Causes{"FieldValueInvalid status.collisionCount"});
}

}  // namespace
}  // namespace picket::registry
