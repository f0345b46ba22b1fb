#pragma once
/// The agent's typed view of a Pod: the fields it acts on. Parsed once per change of the object.
#include "common/api/label_selector.hpp"
#include "common/api/quantity.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "nodeagent/pod/container.hpp"
#include "nodeagent/pod/volume.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

enum class RestartPolicy { Always, OnFailure, Never };

struct PodSecurityContext {
    std::optional<std::int64_t> run_as_user;
    std::optional<std::int64_t> run_as_group;
    std::optional<bool> run_as_non_root;
    std::optional<std::int64_t> fs_group;
    std::vector<std::int64_t> supplemental_groups;
    std::optional<SecurityProfile> seccomp;
    std::optional<SecurityProfile> app_armor;
    std::optional<SeLinuxOptions> selinux;
    std::vector<std::pair<std::string, std::string>> sysctls;
};

struct HostAlias {
    std::string ip;
    std::vector<std::string> hostnames;
};

struct DnsConfig {
    std::vector<std::string> nameservers;
    std::vector<std::string> searches;
    std::vector<std::string> options;  ///< "ndots:5", "use-vc"
};

struct PodSpec {
    std::string node_name;
    std::vector<Container> init_containers;
    std::vector<Container> containers;
    std::vector<Volume> volumes;
    RestartPolicy restart_policy = RestartPolicy::Always;
    std::int64_t termination_grace_seconds = 30;
    bool host_network = false;
    bool host_pid = false;
    bool host_ipc = false;
    bool share_process_namespace = false;
    std::string hostname;
    std::string subdomain;
    bool hostname_is_full = false;  ///< setHostnameAsFQDN
    std::string dns_policy;
    DnsConfig dns_config;
    std::vector<HostAlias> host_aliases;
    PodSecurityContext security;
    std::string service_account;
    std::string priority_class;
    std::optional<std::int64_t> priority;
    std::optional<std::int64_t> active_deadline_seconds;
    std::string runtime_class;
    std::string operating_system;
    std::vector<std::string> image_pull_secrets;
    Labels node_selector;
};

struct Pod {
    std::string uid;
    std::string namespace_name;
    std::string name;
    Labels labels;
    Labels annotations;
    std::string controller;  ///< name of the object that made it, as the DaemonSet's; may be empty
    std::optional<TimePoint> deletion_time;  ///< when the grace period ends
    std::int64_t deletion_grace_seconds = 0;
    PodSpec spec;
    /// The API's copy of the status, null if it has none: restart counts and start time of before
    /// live there.
    std::shared_ptr<const Json> status;
    std::string resource_version;

    [[nodiscard]] std::string key() const { return namespace_name + "/" + name; }
    [[nodiscard]] const Container* find_container(std::string_view container) const;
    [[nodiscard]] bool terminating() const { return deletion_time.has_value(); }
};

[[nodiscard]] Pod parse_pod(const Json& object);

}  // namespace picket::nodeagent
