#pragma once
/// What `picket describe` prints, one function per kind. Pure: everything that is shown is handed
/// over.
#include "common/base/clock.hpp"
#include "common/base/json.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace picket::cli {

/// An object and what is around it.
struct Described {
    Json object;
    std::vector<Json> pods = {};    ///< of a DaemonSet or Node
    std::vector<Json> events = {};  ///< about the object
};

/// Chooses by kind; any other kind is shown as YAML below its metadata.
[[nodiscard]] std::string describe(const Described& described, TimePoint now);

[[nodiscard]] std::string describe_daemon_set(const Described& described, TimePoint now);
[[nodiscard]] std::string describe_pod(const Described& described, TimePoint now);
[[nodiscard]] std::string describe_node(const Described& described, TimePoint now);
[[nodiscard]] std::string describe_any(const Described& described, TimePoint now);

}  // namespace picket::cli
