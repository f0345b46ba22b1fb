#pragma once
/// The agent's typed view of one entry of `spec.containers` or `spec.initContainers`.
#include "common/api/quantity.hpp"
#include "common/base/json.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

struct KeySelector {
    std::string object;
    std::string key;
    bool optional = false;
};

struct EnvVar {
    enum class Source { Value, Field, Resource, ConfigMap, Secret, File };
    std::string name;
    Source source = Source::Value;
    std::string value;       ///< Value
    std::string field_path;  ///< Field: "metadata.name"; Resource: "limits.cpu"
    std::string container;   ///< Resource: empty for the own container
    Quantity divisor = Quantity::of(1);
    KeySelector reference;  ///< ConfigMap, Secret; File: the object is a volume
    std::string file;       ///< File: path in the volume
};

struct EnvFrom {
    std::string prefix;
    bool secret = false;
    std::string object;
    bool optional = false;
};

struct ContainerPort {
    std::string name;
    std::uint16_t container_port = 0;
    std::uint16_t host_port = 0;
    std::string host_ip;
    std::string protocol;  ///< "TCP", "UDP", "SCTP"
};

struct VolumeMount {
    std::string volume;
    std::string mount_path;
    std::string sub_path;
    std::string sub_path_expression;
    std::string propagation;
    bool read_only = false;
    bool recursively = false;  ///< read-only all the way down is demanded
};

/// A seccomp or AppArmor profile.
struct SecurityProfile {
    std::string type;  ///< "RuntimeDefault", "Unconfined" or "Localhost"
    std::string localhost_profile;
};
[[nodiscard]] SecurityProfile parse_profile(const Json& profile);

struct SeLinuxOptions {
    std::string user;
    std::string role;
    std::string type;
    std::string level;
};
[[nodiscard]] SeLinuxOptions parse_selinux(const Json& options);

struct ContainerSecurityContext {
    bool privileged = false;
    std::optional<std::int64_t> run_as_user;
    std::optional<std::int64_t> run_as_group;
    std::optional<bool> run_as_non_root;
    std::optional<bool> allow_privilege_escalation;
    bool read_only_root = false;
    bool unmasked_proc = false;
    std::vector<std::string> add_capabilities;
    std::vector<std::string> drop_capabilities;
    std::optional<SecurityProfile> seccomp;
    std::optional<SecurityProfile> app_armor;
    std::optional<SeLinuxOptions> selinux;
};

using ResourceList = std::map<std::string, Quantity, std::less<>>;

struct HttpGet {
    std::string host;
    std::string path;
    std::string scheme;
    std::string port;  ///< a number or the name of a port
    std::vector<std::pair<std::string, std::string>> headers;
};

/// What a probe or a hook does; exactly one kind.
struct Handler {
    enum class Kind { None, Exec, HttpGet, TcpSocket, Grpc, Sleep };
    Kind kind = Kind::None;
    std::vector<std::string> command;
    HttpGet http;
    std::string port;
    std::string host;
    std::string service;  ///< Grpc
    std::int64_t sleep_seconds = 0;
};

struct Probe {
    Handler handler;
    int initial_delay_seconds = 0;
    int period_seconds = 10;
    int timeout_seconds = 1;
    int success_threshold = 1;
    int failure_threshold = 3;
    std::optional<std::int64_t> termination_grace_seconds;
};

enum class ImagePullPolicy { Always, IfNotPresent, Never };

struct Container {
    std::string name;
    std::string image;
    ImagePullPolicy pull_policy = ImagePullPolicy::IfNotPresent;
    std::vector<std::string> command;
    std::vector<std::string> args;
    std::string working_dir;
    std::vector<EnvFrom> env_from;
    std::vector<EnvVar> env;
    std::vector<ContainerPort> ports;
    ResourceList requests;
    ResourceList limits;
    std::vector<VolumeMount> mounts;
    ContainerSecurityContext security;
    std::optional<Probe> liveness;
    std::optional<Probe> readiness;
    std::optional<Probe> startup;
    std::optional<Handler> post_start;
    std::optional<Handler> pre_stop;
    bool restart_always = false;  ///< an init container that is a sidecar
    bool tty = false;
    bool open_stdin = false;
    bool stdin_once = false;
    std::string stop_signal = {};  ///< empty: the image's
    std::string termination_message_path;
    bool fall_back_to_logs = false;

    /// The amount requested of a resource: the request, else the limit, else nothing.
    [[nodiscard]] std::optional<Quantity> requested(std::string_view resource) const;
};

[[nodiscard]] Container parse_container_spec(const Json& object);

}  // namespace picket::nodeagent
