#pragma once
#include "common/base/log.hpp"
#include "nodeagent/pod/pod_services.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <string>

namespace picket::nodeagent {

/// Logs what the server would have been told.
class LocalReports final : public StatusSink, public PodEvents {
public:
    void report(const Pod&, Json) override {}
    void normal(
        const Pod& pod,
        const std::string& container,
        std::string reason,
        std::string message) override {
        logger("pod")->debug("{} pod={} container={} {}", reason, pod.key(), container, message);
    }
    void warning(
        const Pod& pod,
        const std::string& container,
        std::string reason,
        std::string message) override {
        logger("pod")->warn("{} pod={} container={} {}", reason, pod.key(), container, message);
    }
};

}  // namespace picket::nodeagent
