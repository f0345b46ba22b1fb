#pragma once
/// The agent's typed view of `spec.volumes`.
#include "common/api/quantity.hpp"
#include "common/base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

struct KeyToPath {
    std::string key;
    std::string path;
    std::optional<int> mode;
};

/// One file source of a configMap, secret, downwardAPI or projected volume.
struct FileSource {
    enum class Kind { ConfigMap, Secret, DownwardApi, ServiceAccountToken };
    struct DownwardItem {
        std::string path;
        std::string field_path;  ///< "metadata.labels"
        std::string container;   ///< with resource
        std::string resource;    ///< "limits.cpu"
        Quantity divisor = Quantity::of(1);
        std::optional<int> mode;
    };
    Kind kind = Kind::ConfigMap;
    std::string object;
    bool optional = false;
    std::vector<KeyToPath> items;  ///< empty: every key
    std::vector<DownwardItem> downward;
    std::string token_path;
    std::string audience;
    std::int64_t expiration_seconds = 3600;
};

struct Volume {
    enum class Kind { EmptyDir, HostPath, Files, Unsupported };
    std::string name;
    Kind kind = Kind::EmptyDir;
    bool in_memory = false;              ///< EmptyDir
    std::optional<Quantity> size_limit;  ///< EmptyDir
    std::string path;                    ///< HostPath
    std::string host_path_type;          ///< HostPath
    std::vector<FileSource> sources;     ///< Files
    int default_mode = 0644;             ///< Files
    std::string unsupported_type;        ///< Unsupported: "nfs"
};

[[nodiscard]] Volume parse_volume(const Json& object);

}  // namespace picket::nodeagent
