#pragma once
/// The smaller messages of the Docker Engine API: errors, pull progress, events. Pure.
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace picket::nodeagent {

/// What an answer of 400 and above means; the message is the engine's own.
[[nodiscard]] Error docker_error(unsigned status, std::string_view body);

/// One JSON line of a pull or load. The answer is 200 even if it fails half-way: the error is in
/// the stream.
struct ProgressLine {
    std::string text;   ///< "Downloading 12.3MB/40MB"; empty when the line says nothing for people
    std::string error;  ///< the registry's words
    std::string id = {};      ///< of the layer that it is about
    std::string status = {};  ///< "Downloading"
    std::int64_t current = 0;
    std::int64_t total = 0;
};
[[nodiscard]] ProgressLine parse_progress_line(std::string_view line);

/// One line of GET /events; nothing if it is not about a container.
[[nodiscard]] std::optional<RuntimeEvent> parse_event_line(std::string_view line);

/// The answer to GET /containers/ID/stats, with cgroup v1 and v2 alike.
[[nodiscard]] ContainerUsage parse_usage(const Json& stats);

/// The value of `filters` that selects by label: {"label":["a=b"]}, with further filters by key.
[[nodiscard]] std::string label_filter(const ContainerLabels& labels);
[[nodiscard]] std::string event_filter(const ContainerLabels& labels);

/// The value of X-Registry-Auth; empty for an anonymous pull.
[[nodiscard]] std::string registry_auth_header(const RegistryCredential& credential);

}  // namespace picket::nodeagent
