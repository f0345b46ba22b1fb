#include "nodeagent/runtime/docker_container_json.hpp"

#include "common/api/json_read.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <nlohmann/json.hpp>

namespace picket::nodeagent {
namespace {

constexpr int kCpuPeriodMicroseconds = 100'000;

template <class T>
void set_unless_empty(Json& object, const char* key, const T& value) {
    if (!value.empty()) object[key] = value;
}

void set_unless_zero(Json& object, const char* key, std::int64_t value) {
    if (value != 0) object[key] = value;
}

void set_if(Json& object, const char* key, bool value) {
    if (value) object[key] = true;
}

/// The bridge that an engine has just made for the first time comes without its gateway, until the
/// engine's next start: it is the first address of the range then.
std::string first_address(const std::string& subnet) {
    boost::system::error_code invalid;
    const auto network = boost::asio::ip::make_network_v4(subnet, invalid);
    if (invalid || network.hosts().empty()) return {};
    return network.hosts().begin()->to_string();
}

std::string bind_text(const BindMount& mount) {
    auto text = mount.source + ":" + mount.target;
    std::string options = mount.read_only ? "ro" : "";
    if (!mount.propagation.empty()) options += (options.empty() ? "" : ",") + mount.propagation;
    return options.empty() ? text : text + ":" + options;
}

Json mount_object(const BindMount& mount) {
    Json object = {
        {"Type", "bind"},
        {"Source", mount.source},
        {"Target", mount.target},
        {"ReadOnly", mount.read_only}};
    if (!mount.propagation.empty()) object["BindOptions"] = {{"Propagation", mount.propagation}};
    return object;
}

// `Binds` makes a missing source as a folder, `Mounts` refuses it; but only `Mounts` can say a path
// with a colon.
void add_mounts(Json& host, const std::vector<BindMount>& mounts) {
    for (const auto& mount : mounts) {
        const bool colon = mount.source.find(':') != std::string::npos ||
                           mount.target.find(':') != std::string::npos;
        if (colon) {
            host["Mounts"].push_back(mount_object(mount));
        } else {
            host["Binds"].push_back(bind_text(mount));
        }
    }
}

void add_ports(Json& body, Json& host, const std::vector<PortBinding>& ports) {
    for (const auto& port : ports) {
        const auto key = std::to_string(port.container_port) + "/" + port.protocol;
        body["ExposedPorts"][key] = Json::object();
        host["PortBindings"][key].push_back(
            {{"HostIp", port.host_ip}, {"HostPort", std::to_string(port.host_port)}});
    }
}

void add_namespaces(Json& body, Json& host, const ContainerNamespaces& namespaces) {
    set_unless_empty(host, "NetworkMode", namespaces.network);
    set_unless_empty(host, "IpcMode", namespaces.ipc);
    set_unless_empty(host, "PidMode", namespaces.pid);
    set_unless_empty(host, "UTSMode", namespaces.uts);
    set_unless_empty(host, "CgroupnsMode", namespaces.cgroup);
    set_unless_empty(body, "Hostname", namespaces.hostname);
    set_unless_empty(body, "Domainname", namespaces.domainname);
    set_unless_empty(host, "Dns", namespaces.dns_servers);
    set_unless_empty(host, "DnsSearch", namespaces.dns_searches);
    set_unless_empty(host, "DnsOptions", namespaces.dns_options);
    set_unless_empty(host, "ExtraHosts", namespaces.extra_hosts);
    set_unless_empty(host, "Sysctls", namespaces.sysctls);
    add_ports(body, host, namespaces.ports);
}

void add_security(Json& body, Json& host, const ContainerSecurity& security) {
    set_unless_empty(body, "User", security.user);
    set_if(host, "Privileged", security.privileged);
    set_if(host, "ReadonlyRootfs", security.read_only_root);
    set_unless_empty(host, "GroupAdd", security.groups);
    set_unless_empty(host, "CapAdd", security.add_capabilities);
    set_unless_empty(host, "CapDrop", security.drop_capabilities);
    set_unless_empty(host, "SecurityOpt", security.options);
    if (security.unmasked_proc) {
        host["MaskedPaths"] = Json::array();
        host["ReadonlyPaths"] = Json::array();
    }
}

void add_resources(Json& host, const ContainerResources& resources) {
    set_unless_zero(host, "CpuShares", resources.cpu_shares);
    if (resources.cpu_quota != 0) {
        host["CpuPeriod"] = kCpuPeriodMicroseconds;
        host["CpuQuota"] = resources.cpu_quota;
    }
    if (resources.memory_bytes != 0) {
        host["Memory"] = resources.memory_bytes;
        // Without this the engine adds as much swap again.
        host["MemorySwap"] = resources.memory_bytes;
    }
    if (resources.oom_score_adj) host["OomScoreAdj"] = *resources.oom_score_adj;
}

Json environment_list(const std::vector<std::pair<std::string, std::string>>& environment) {
    Json list = Json::array();
    for (const auto& [name, value] : environment) list.push_back(name + "=" + value);
    return list;
}

bool flag_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

const Json& object_at(const Json& object, const char* key) {
    static const Json empty = Json::object();
    const auto found = object.find(key);
    return found != object.end() && found->is_object() ? *found : empty;
}

std::vector<std::string> texts_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? found->get<std::vector<std::string>>()
                                                      : std::vector<std::string>();
}

// The engine writes year 1 for "never".
std::optional<TimePoint> time_at(const Json& object, const char* key) {
    const auto text = json_read::text(object, key);
    return text.starts_with("0001-") ? std::nullopt : parse_time(text);
}

ContainerPhase parse_phase(const std::string& status, bool start_refused) {
    if (status == "running" || status == "paused" || status == "restarting") {
        return ContainerPhase::Running;
    }
    // A container whose start was refused stays "created", with an exit code and the reason.
    return status == "created" && !start_refused ? ContainerPhase::Created : ContainerPhase::Exited;
}

std::string first_address(const Json& networks) {
    for (const auto& [name, network] : networks.items()) {
        if (auto address = json_read::text(network, "IPAddress"); !address.empty()) return address;
    }
    return {};
}

void read_config(ContainerState& container, const Json& config) {
    container.image = json_read::text(config, "Image");
    container.tty = flag_at(config, "Tty");
    for (const auto& [key, value] : object_at(config, "Labels").items()) {
        if (value.is_string()) container.labels[key] = value.get<std::string>();
    }
}

void read_state(ContainerState& container, const Json& state) {
    container.exit_code = state.value("ExitCode", 0);
    container.oom_killed = flag_at(state, "OOMKilled");
    container.error = json_read::text(state, "Error");
    container.started = time_at(state, "StartedAt");
    container.finished = time_at(state, "FinishedAt");
    const bool start_refused = container.exit_code != 0 || !container.error.empty();
    container.phase = parse_phase(json_read::text(state, "Status"), start_refused);
}

}  // namespace

Json to_create_body(const ContainerSpec& spec) {
    Json body = {
        {"Image", spec.image},
        {"Labels", spec.labels},
        {"Env", environment_list(spec.environment)},
        {"Healthcheck", {{"Test", Json::array({"NONE"})}}},
    };
    Json host = {
        {"RestartPolicy", {{"Name", "no"}}},
        {"LogConfig",
         {{"Type", "json-file"}, {"Config", {{"max-size", "10m"}, {"max-file", "5"}}}}},
    };
    set_unless_empty(body, "Entrypoint", spec.entrypoint);
    set_unless_empty(body, "Cmd", spec.arguments);
    set_unless_empty(body, "WorkingDir", spec.working_dir);
    set_if(body, "Tty", spec.tty);
    set_if(body, "OpenStdin", spec.open_stdin);
    set_if(body, "StdinOnce", spec.stdin_once);
    set_unless_empty(body, "StopSignal", spec.stop_signal);
    set_unless_empty(host, "Runtime", spec.runtime);
    add_namespaces(body, host, spec.namespaces);
    add_security(body, host, spec.security);
    add_resources(host, spec.resources);
    add_mounts(host, spec.mounts);
    body["HostConfig"] = std::move(host);
    return body;
}

ContainerState parse_container(const Json& inspect) {
    ContainerState container;
    container.id = json_read::text(inspect, "Id");
    container.name = json_read::text(inspect, "Name");
    if (container.name.starts_with('/')) container.name.erase(0, 1);
    container.image_id = json_read::text(inspect, "Image");
    container.log_path = json_read::text(inspect, "LogPath");
    container.created = time_at(inspect, "Created");
    container.network_mode = json_read::text(object_at(inspect, "HostConfig"), "NetworkMode");
    container.pid = object_at(inspect, "State").value("Pid", 0);
    container.address = first_address(object_at(object_at(inspect, "NetworkSettings"), "Networks"));
    read_config(container, object_at(inspect, "Config"));
    read_state(container, object_at(inspect, "State"));
    return container;
}

ImageInfo parse_image(const Json& inspect) {
    return {
        .id = json_read::text(inspect, "Id"),
        .repo_digests = texts_at(inspect, "RepoDigests"),
        .tags = texts_at(inspect, "RepoTags"),
        .user = json_read::text(object_at(inspect, "Config"), "User"),
        .size_bytes = inspect.value("Size", std::uint64_t{0}),
    };
}

RuntimeInfo parse_info(const Json& info) {
    RuntimeInfo result{
        .version = json_read::text(info, "ServerVersion"),
        .operating_system = json_read::text(info, "OperatingSystem"),
        .kernel_version = json_read::text(info, "KernelVersion"),
        .root_dir = json_read::text(info, "DockerRootDir"),
        .runtimes = {},
        .apparmor = false,
    };
    for (const auto& [name, runtime] : object_at(info, "Runtimes").items())
        result.runtimes.push_back(name);
    for (const auto& option : texts_at(info, "SecurityOptions")) {
        if (option.find("apparmor") != std::string::npos) result.apparmor = true;
    }
    return result;
}

Result<BridgeNetwork> parse_bridge(const Json& network) {
    const auto addressing = object_at(network, "IPAM");
    for (const auto& range : json_read::member(addressing, "Config")) {
        const auto subnet = json_read::text(range, "Subnet");
        auto gateway = json_read::text(range, "Gateway");
        if (gateway.empty()) gateway = first_address(subnet);
        if (!gateway.empty() && gateway.find(':') == std::string::npos)
            return BridgeNetwork{gateway, subnet};
    }
    return Error{
        .reason = Reason::NotFound,
        .message = "the engine's bridge has no IPv4 address of its own"};
}

}  // namespace picket::nodeagent
