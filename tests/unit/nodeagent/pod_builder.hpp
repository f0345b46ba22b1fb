#pragma once
/// Pods as tests want to say them: `a_pod().container("web").with("hostNetwork", true).build()`.
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/runtime/container_state.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace picket::nodeagent::builders {

class PodBuilder {
public:
    PodBuilder() {
        object_ = {
            {"metadata", {{"name", "web"}, {"namespace", "default"}, {"uid", "uid-1"}}},
            {"spec", {{"nodeName", "node-1"}, {"containers", Json::array()}}},
            {"status", {{"phase", "Pending"}}}};
    }
    PodBuilder& named(const std::string& name, const std::string& uid) {
        object_["metadata"]["name"] = name;
        object_["metadata"]["uid"] = uid;
        return *this;
    }
    PodBuilder& container(const std::string& name, Json fields = Json::object()) {
        return add("containers", name, std::move(fields));
    }
    PodBuilder& init(const std::string& name, Json fields = Json::object()) {
        return add("initContainers", name, std::move(fields));
    }
    PodBuilder& with(const std::string& field, Json value) {
        object_["spec"][field] = std::move(value);
        return *this;
    }
    PodBuilder& metadata(const std::string& field, Json value) {
        object_["metadata"][field] = std::move(value);
        return *this;
    }
    [[nodiscard]] Json json() const { return object_; }
    [[nodiscard]] nodeagent::Pod build() const { return nodeagent::parse_pod(object_); }

private:
    PodBuilder& add(const char* list, const std::string& name, Json fields) {
        Json entry = {{"name", name}, {"image", "image:1"}, {"imagePullPolicy", "IfNotPresent"}};
        entry.update(fields);
        object_["spec"][list].push_back(std::move(entry));
        return *this;
    }

    Json object_;
};
inline PodBuilder a_pod() {
    return {};
}

/// Moments of a test, in seconds after a fixed begin.
inline TimePoint at(int seconds) {
    return TimePoint{std::chrono::seconds{1'700'000'000 + seconds}};
}

/// Containers as the engine would show them.
class ContainerBuilder {
public:
    ContainerBuilder(const std::string& name, int attempt) {
        state_.id = name + "-" + std::to_string(attempt);
        state_.image = "image:1";
        state_.network_mode = "bridge";
        state_.created = at(0);
        state_.labels = nodeagent::to_labels(
            {.node = "node-1",
             .pod_name = "web",
             .pod_namespace = "default",
             .pod_uid = "uid-1",
             .container = name,
             .attempt = attempt,
             .spec_hash = nodeagent::spec_hash(name, "image:1")});
    }
    ContainerBuilder& running(int since = 0) {
        state_.phase = nodeagent::ContainerPhase::Running;
        state_.started = at(since);
        return *this;
    }
    ContainerBuilder& exited(int code, int when) {
        state_.phase = nodeagent::ContainerPhase::Exited;
        state_.exit_code = code;
        state_.started = at(0);
        state_.finished = at(when);
        return *this;
    }
    ContainerBuilder& in_sandbox(const std::string& id) {
        state_.network_mode = "container:" + id;
        return *this;
    }
    ContainerBuilder& made_at_boot(const std::string& boot) {
        state_.labels[std::string(nodeagent::label::kBoot)] = boot;
        return *this;
    }
    ContainerBuilder& made_from(const std::string& image) {
        state_.labels[std::string(nodeagent::label::kSpecHash)] =
            nodeagent::spec_hash("main", image);
        return *this;
    }
    operator nodeagent::ContainerState() const { return state_; }

private:
    nodeagent::ContainerState state_;
};
inline ContainerBuilder a_container(const std::string& name, int attempt = 0) {
    return {name, attempt};
}

}  // namespace picket::nodeagent::builders
