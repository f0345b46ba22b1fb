#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"
#include "nodeagent/runtime/command_stream.hpp"
#include "nodeagent/runtime/container_spec.hpp"
#include "nodeagent/runtime/container_state.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace picket::nodeagent {

struct LogOptions {
    bool follow = false;
    bool timestamps = false;
    std::optional<std::int64_t> tail = {};
    std::optional<TimePoint> since = {};
};

/// What a container wrote, stdout and stderr in the order they were written.
class LogStream {
public:
    virtual ~LogStream() = default;
    /// The next bytes; empty at the end. Timeout when nothing comes within `timeout`: call again.
    virtual Awaitable<Result<std::string>> next(std::chrono::milliseconds timeout) = 0;
};

/// A container of this agent changed: look at it again.
struct RuntimeEvent {
    std::string container_id;
    std::string pod_uid;
    std::string action;  ///< "start", "die", "destroy", "oom" …
};

class RuntimeEvents {
public:
    virtual ~RuntimeEvents() = default;
    /// The next event; nothing when the runtime went away.
    virtual Awaitable<Result<std::optional<RuntimeEvent>>> next() = 0;
};

struct ExecResult {
    int exit_code = 0;
    std::string output;  ///< bounded
};

/// Sent with a pull; empty for an anonymous one.
struct RegistryCredential {
    std::string username;
    std::string password;
    std::string server;
    std::string identity_token;
};

/// What the agent asks of a container engine. Nothing above this interface knows Docker. Every
/// failure is a value: an engine that is away answers ServiceUnavailable, and may be back at the
/// next call. Loop thread only.
class Runtime {
public:
    virtual ~Runtime() = default;

    virtual Awaitable<Result<RuntimeInfo>> info() = 0;
    /// The containers, dead ones included, that carry all of these labels.
    virtual Awaitable<Result<std::vector<ContainerState>>> list(ContainerLabels labels) = 0;
    virtual Awaitable<Result<ContainerState>> inspect(std::string id) = 0;
    /// The new container's id. AlreadyExists when the name is taken, NotFound when the image is not
    /// there.
    virtual Awaitable<Result<std::string>> create(ContainerSpec spec) = 0;
    virtual Awaitable<Result<void>> start(std::string id) = 0;
    /// Sends the image's stop signal, kills after `grace`; returns when the container has ended.
    virtual Awaitable<Result<void>> stop(std::string id, std::chrono::seconds grace) = 0;
    virtual Awaitable<Result<void>> kill(std::string id, std::string signal) = 0;
    /// With its anonymous volumes; kills it if it runs. Success when it is already gone.
    virtual Awaitable<Result<void>> remove(std::string id) = 0;
    /// Runs a command inside and waits for its end.
    virtual Awaitable<Result<ExecResult>> exec(
        std::string id, std::vector<std::string> command, std::chrono::milliseconds timeout) = 0;

    /// Starts a command inside, with somebody at the other end.
    virtual Awaitable<Result<std::unique_ptr<CommandStream>>> open_exec(
        std::string id, CommandRequest request) = 0;
    /// The streams of the container's own process from now on.
    virtual Awaitable<Result<std::unique_ptr<CommandStream>>> attach(
        std::string id, CommandRequest request) = 0;
    virtual Awaitable<Result<ContainerUsage>> usage(std::string id) = 0;

    /// By name or id. NotFound when the image is not on the host.
    virtual Awaitable<Result<ImageInfo>> inspect_image(std::string image) = 0;
    /// Ids of all images on the host, whoever brought them.
    virtual Awaitable<Result<std::set<std::string>>> image_ids() = 0;
    /// Ids of the images that any container has, dead ones and those of others included.
    virtual Awaitable<Result<std::set<std::string>>> images_in_use() = 0;
    /// By name or id: the name, and with its last name the image. Never by force, and nothing but
    /// this image: Conflict when a container holds it.
    virtual Awaitable<Result<void>> remove_image(std::string image) = 0;
    /// The error carries the registry's words. `progress` may be empty.
    virtual Awaitable<Result<void>> pull(
        std::string image,
        RegistryCredential credential,
        std::function<void(std::string)> progress) = 0;
    /// The network of containers that ask for none in particular. NotFound if there is none.
    virtual Awaitable<Result<BridgeNetwork>> bridge() = 0;
    /// Makes sure that the sandbox's image is on the host, and returns its name.
    virtual Awaitable<Result<std::string>> ensure_sandbox_image() = 0;

    virtual Awaitable<Result<std::unique_ptr<LogStream>>> logs(
        std::string id, LogOptions options) = 0;
    /// Events of containers with these labels from now on.
    virtual Awaitable<Result<std::unique_ptr<RuntimeEvents>>> events(ContainerLabels labels) = 0;
};

/// The Docker Engine API at "unix:///var/run/docker.sock" or "http://host:port".
[[nodiscard]] Result<std::unique_ptr<Runtime>> make_docker_runtime(
    boost::asio::any_io_executor executor, const std::string& endpoint);

}  // namespace picket::nodeagent
