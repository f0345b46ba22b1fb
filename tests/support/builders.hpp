#pragma once
/// Objects for tests, as sentences: a_node("n1").labelled("disk", "ssd").tainted("gpu",
/// "NoSchedule"). Each builder holds the JSON document and turns into the typed view, so that tests
/// also pass through parsing.
#include "common/api/daemonset.hpp"
#include "common/api/node.hpp"
#include "common/api/pod.hpp"
#include "common/base/clock.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace picket::testing {

/// Where time starts in tests: 2026-01-01T00:00:00Z.
inline const TimePoint kStart{std::chrono::seconds(1'767'225'600)};
inline TimePoint at(std::int64_t seconds) {
    return kStart + std::chrono::seconds(seconds);
}

/// What all builders share. `Self` is the builder, `View` the typed view.
template <class Self, class View>
class ObjectBuilder {
public:
    explicit ObjectBuilder(Json document) : json_(std::move(document)) {}

    Self labelled(const std::string& key, const std::string& value) const {
        return with([&](Json& json) { json["metadata"]["labels"][key] = value; });
    }
    Self without_labels() const {
        return with([](Json& json) { json["metadata"].erase("labels"); });
    }
    Self annotated(const std::string& key, const std::string& value) const {
        return with([&](Json& json) { json["metadata"]["annotations"][key] = value; });
    }
    Self uid(const std::string& value) const {
        return with([&](Json& json) { json["metadata"]["uid"] = value; });
    }
    Self in(const std::string& namespace_name) const {
        return with([&](Json& json) { json["metadata"]["namespace"] = namespace_name; });
    }
    Self created(std::int64_t seconds) const {
        return with(
            [&](Json& json) { json["metadata"]["creationTimestamp"] = format_time(at(seconds)); });
    }
    Self terminating() const {
        return with(
            [](Json& json) { json["metadata"]["deletionTimestamp"] = format_time(kStart); });
    }
    Self generation(std::int64_t value) const {
        return with([&](Json& json) { json["metadata"]["generation"] = value; });
    }
    /// Any other change.
    template <class Change>
    Self with(Change change) const {
        auto copy = json_;
        change(copy);
        return Self(std::move(copy));
    }

    [[nodiscard]] const Json& json() const { return json_; }
    [[nodiscard]] View view() const { return View::parse(json_); }
    [[nodiscard]] std::shared_ptr<const View> ptr() const {
        return std::make_shared<const View>(view());
    }
    operator View() const { return view(); }
    operator std::shared_ptr<const View>() const { return ptr(); }

private:
    Json json_;
};

class NodeBuilder : public ObjectBuilder<NodeBuilder, Node> {
public:
    using ObjectBuilder::ObjectBuilder;

    NodeBuilder tainted(
        const std::string& key, const std::string& effect, const std::string& value = "") const {
        return with([&](Json& json) {
            json["spec"]["taints"].push_back({{"key", key}, {"value", value}, {"effect", effect}});
        });
    }
    NodeBuilder cordoned() const {
        return with([](Json& json) { json["spec"]["unschedulable"] = true; });
    }
    NodeBuilder condition(const std::string& type, const std::string& status) const {
        return with([&](Json& json) {
            json["status"]["conditions"].push_back({{"type", type}, {"status", status}});
        });
    }
    /// Nothing has been heard of it since then.
    NodeBuilder silent(std::int64_t since) const {
        return with([&](Json& json) {
            json["status"]["conditions"].push_back(
                {{"type", "Ready"},
                 {"status", "Unknown"},
                 {"lastTransitionTime", format_time(at(since))}});
        });
    }
};

inline NodeBuilder a_node(const std::string& name) {
    return NodeBuilder(
        {{"apiVersion", "v1"},
         {"kind", "Node"},
         {"metadata", {{"name", name}, {"uid", "node-" + name}}}});
}

class DaemonSetBuilder : public ObjectBuilder<DaemonSetBuilder, DaemonSet> {
public:
    using ObjectBuilder::ObjectBuilder;

    template <class Change>
    DaemonSetBuilder pod_spec(Change change) const {
        return with([&](Json& json) { change(json["spec"]["template"]["spec"]); });
    }
    DaemonSetBuilder image(const std::string& name) const {
        return pod_spec([&](Json& spec) { spec["containers"][0]["image"] = name; });
    }
    DaemonSetBuilder node_selector(const std::string& key, const std::string& value) const {
        return pod_spec([&](Json& spec) { spec["nodeSelector"][key] = value; });
    }
    DaemonSetBuilder node_name(const std::string& name) const {
        return pod_spec([&](Json& spec) { spec["nodeName"] = name; });
    }
    DaemonSetBuilder host_network() const {
        return pod_spec([](Json& spec) { spec["hostNetwork"] = true; });
    }
    DaemonSetBuilder tolerating(Json toleration) const {
        return pod_spec([&](Json& spec) { spec["tolerations"].push_back(std::move(toleration)); });
    }
    /// `terms`: the list of nodeSelectorTerms of spec.affinity.
    DaemonSetBuilder affinity(Json terms) const {
        return pod_spec([&](Json& spec) { spec["affinity"] = required_terms(std::move(terms)); });
    }
    DaemonSetBuilder affinity_annotation(const std::string& text) const {
        return with([&](Json& json) {
            json["spec"]["template"]["metadata"]["annotations"][kAffinityAnnotation] = text;
        });
    }
    DaemonSetBuilder affinity_annotation(Json terms) const {
        return affinity_annotation(required_terms(std::move(terms)).dump());
    }
    DaemonSetBuilder on_delete() const {
        return with([](Json& json) { json["spec"]["updateStrategy"] = {{"type", "OnDelete"}}; });
    }
    DaemonSetBuilder rolling(Json max_unavailable, Json max_surge = 0) const {
        return with([&](Json& json) {
            json["spec"]["updateStrategy"] = {
                {"type", "RollingUpdate"},
                {"rollingUpdate",
                 {{"maxUnavailable", std::move(max_unavailable)},
                  {"maxSurge", std::move(max_surge)}}}};
        });
    }
    DaemonSetBuilder min_ready(std::int64_t seconds) const {
        return with([&](Json& json) { json["spec"]["minReadySeconds"] = seconds; });
    }
    DaemonSetBuilder history_limit(std::int64_t limit) const {
        return with([&](Json& json) { json["spec"]["revisionHistoryLimit"] = limit; });
    }
    DaemonSetBuilder template_generation(std::int64_t value) const {
        return annotated(kTemplateGenerationAnnotation, std::to_string(value));
    }

private:
    static Json required_terms(Json terms) {
        Json required{{"nodeSelectorTerms", std::move(terms)}};
        return {
            {"nodeAffinity",
             {{"requiredDuringSchedulingIgnoredDuringExecution", std::move(required)}}}};
    }
};

/// A set that selects app=<name>, made from a template with that label; RollingUpdate, one node at
/// a time.
inline DaemonSetBuilder a_daemonset(const std::string& name) {
    const Json labels{{"app", name}};
    const Json container{{"name", "main"}, {"image", "daemon:1"}};
    return DaemonSetBuilder({{"apiVersion", "apps/v1"},
                             {"kind", "DaemonSet"},
                             {"metadata",
                              {{"name", name},
                               {"namespace", "default"},
                               {"uid", "set-" + name},
                               {"generation", 1}}},
                             {"spec",
                              {{"selector", {{"matchLabels", labels}}},
                               {"template",
                                {{"metadata", {{"labels", labels}}},
                                 {"spec", {{"containers", Json::array({container})}}}}}}}})
        .rolling(1);
}

class PodBuilder : public ObjectBuilder<PodBuilder, Pod> {
public:
    using ObjectBuilder::ObjectBuilder;

    PodBuilder on(const std::string& node) const {
        return with([&](Json& json) { json["spec"]["nodeName"] = node; });
    }
    /// Not bound, but with a required affinity that names one node.
    PodBuilder aimed_at(const std::string& node) const {
        return with([&](Json& json) {
            const Json field{
                {"key", "metadata.name"}, {"operator", "In"}, {"values", Json::array({node})}};
            const Json term{{"matchFields", Json::array({field})}};
            const Json required{{"nodeSelectorTerms", Json::array({term})}};
            json["spec"]["affinity"]["nodeAffinity"]
                ["requiredDuringSchedulingIgnoredDuringExecution"] = required;
        });
    }
    /// Owned by the set, and with its selector's label.
    PodBuilder of(const DaemonSet& set) const {
        return labelled("app", set.meta.name).owned_by(set);
    }
    PodBuilder owned_by(const DaemonSet& set) const {
        return with([&](Json& json) {
            json["metadata"]["ownerReferences"] = Json::array({to_json(set.owner_reference())});
        });
    }
    PodBuilder hash(const std::string& value) const { return labelled(kRevisionHashLabel, value); }
    PodBuilder phase(const std::string& value) const {
        return with([&](Json& json) { json["status"]["phase"] = value; });
    }
    /// Was Ready once, and is no more.
    PodBuilder broken(std::int64_t since = 0) const { return unready(since - 1, since); }
    /// Its agent took it up, and it has not been Ready since.
    PodBuilder starting(std::int64_t since = 0) const { return unready(since, since); }
    PodBuilder unready(std::int64_t started, std::int64_t since) const {
        return with([&](Json& json) {
            const Json condition{
                {"type", "Ready"},
                {"status", "False"},
                {"lastTransitionTime", format_time(at(since))}};
            json["status"] = {
                {"phase", "Running"},
                {"startTime", format_time(at(started))},
                {"conditions", Json::array({condition})}};
        });
    }
    /// The main container waits for this reason.
    PodBuilder waiting(const std::string& reason, const std::string& message = "") const {
        return with([&](Json& json) {
            const Json state{{"waiting", {{"reason", reason}, {"message", message}}}};
            json["status"]["containerStatuses"] =
                Json::array({{{"name", "main"}, {"state", state}}});
        });
    }
    PodBuilder image(const std::string& name) const {
        return with([&](Json& json) { json["spec"]["containers"][0]["image"] = name; });
    }
    PodBuilder turn(PodTurn value) const {
        return annotated(kTurnAnnotation, std::string(pod_turn_name(value)));
    }
    /// Asked to pull for this revision; `answer` is the condition's reason, if there is one.
    PodBuilder prefetch(
        const std::string& revision, std::int64_t asked, const std::string& answer = "") const {
        return with([&](Json& json) {
            const Json request{{"revision", revision}, {"asked", format_time(at(asked))}};
            json["metadata"]["annotations"][kPrefetchAnnotation] = request.dump();
            if (answer.empty()) return;
            json["status"]["conditions"].push_back(
                {{"type", kPrefetchedCondition + revision},
                 {"status", answer == "Pulled" ? "True" : "False"},
                 {"reason", answer}});
        });
    }
    PodBuilder failed(const std::string& reason = "") const {
        return with([&](Json& json) {
            json["status"] = {{"phase", "Failed"}, {"reason", reason}};
        });
    }
    PodBuilder ready(std::int64_t since = 0) const {
        return with([&](Json& json) {
            const Json condition{
                {"type", "Ready"},
                {"status", "True"},
                {"lastTransitionTime", format_time(at(since))}};
            json["status"] = {{"phase", "Running"}, {"conditions", Json::array({condition})}};
        });
    }
};

inline PodBuilder a_pod(const std::string& name) {
    return PodBuilder(
        {{"apiVersion", "v1"},
         {"kind", "Pod"},
         {"metadata",
          {{"name", name},
           {"namespace", "default"},
           {"uid", "pod-" + name},
           {"creationTimestamp", format_time(kStart)}}},
         {"spec", {{"containers", Json::array({{{"name", "main"}, {"image", "daemon:1"}}})}}},
         {"status", {{"phase", "Pending"}}}});
}

}  // namespace picket::testing
