/// How a pod's containers are made.
#include "common/base/log.hpp"
#include "nodeagent/pod/container_spec_builder.hpp"
#include "nodeagent/pod/pod_api_address.hpp"
#include "nodeagent/pod/pod_failure.hpp"
#include "nodeagent/pod/pod_worker.hpp"
#include "nodeagent/pod/sandbox.hpp"
#include "nodeagent/pod/security_profile.hpp"
#include "nodeagent/pod/termination_message.hpp"
#include "nodeagent/relay/api_relay.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

namespace picket::nodeagent {

Awaitable<> PodWorker::create_sandbox(int attempt) {
    const auto pod = pod_;
    co_await open_relay(pod);
    auto image = co_await services_.runtime.ensure_sandbox_image();
    Result<std::string> created = std::string();
    if (image) {
        created = co_await create_fresh(build_sandbox_spec(*pod, services_.node, *image, attempt));
    } else {
        created = image.error();
    }
    Result<void> started = Ok();
    if (created) {
        started = co_await start_created(*created);
    } else {
        started = created.error();
    }
    if (started) {
        memory_.sandbox_failure.reset();
        co_return;
    }
    note_failure(
        failure_of(memory_.sandbox_failure),
        "ContainerCreating",
        started.error(),
        services_.clock.now());
    warn({}, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + started.error().message);
}

// The name is unique to this attempt, so a container that has it is what a killed agent left
// half-made.
Awaitable<Result<std::string>> PodWorker::create_fresh(ContainerSpec spec) {
    auto created = co_await services_.runtime.create(spec);
    if (created || created.error().reason != Reason::AlreadyExists) co_return created;
    auto leftover = co_await services_.runtime.inspect(spec.name);
    if (!leftover) co_return leftover.error();
    if (auto removed = co_await services_.runtime.remove(leftover->id); !removed)
        co_return removed.error();
    co_return co_await services_.runtime.create(spec);
}

Awaitable<Result<void>> PodWorker::start_created(std::string id) {
    auto started = co_await services_.runtime.start(id);
    co_await refresh(id);
    co_return started;
}

Awaitable<Result<std::string>> PodWorker::create_container(
    std::shared_ptr<const Pod> pod, StartContainer action) {
    auto spec = co_await gather_container_spec(pod, action);
    if (!spec) {
        fail_container(action.container, "CreateContainerConfigError", spec.error());
        co_return spec.error();
    }
    auto created = co_await create_fresh(std::move(*spec));
    if (created) co_return created;
    // An image that has vanished meanwhile is fetched again.
    if (created.error().reason == Reason::NotFound)
        memory_.images[action.container].phase = ImageState::Phase::Unknown;
    fail_container(action.container, "CreateContainerError", created.error());
    co_return created;
}

Awaitable<Result<ContainerSpec>> PodWorker::gather_container_spec(
    std::shared_ptr<const Pod> pod, StartContainer action) {
    const auto* spec = pod->find_container(action.container);
    if (spec == nullptr)
        co_return Error{.reason = Reason::NotFound, .message = "no such container"};
    co_await open_relay(pod);
    if (auto fetched = co_await renew_objects(pod); !fetched) {
        // With the server away and no copy, what the volumes were made from still serves.
        logger("pod")->warn("{} pod={}", fetched.error().message, pod->key());
    }
    ContainerInputs inputs;
    inputs.attempt = action.attempt;
    inputs.image = memory_.images[action.container].image;
    if (auto filled = fill_inputs(*pod, *spec, inputs); !filled) co_return filled.error();
    auto profiles = co_await load_profiles(pod, *spec);
    if (!profiles) co_return profiles.error();
    inputs.seccomp_json = std::move(*profiles);
    co_return build_container_spec(*pod, *spec, services_.node, std::move(inputs));
}

/// What the pod's network, its objects and its volumes give.
Result<void> PodWorker::fill_inputs(
    const Pod& pod, const Container& spec, ContainerInputs& inputs) {
    const auto moment = snapshot();
    const auto* sandbox = needs_sandbox(pod) ? moment.sandbox() : nullptr;
    if (sandbox != nullptr) inputs.sandbox_id = sandbox->id;
    const auto address = pod.spec.host_network ? services_.node.ip : moment.address();
    const auto read_file = [&](const std::string& volume, const std::string& path) {
        return services_.volumes.read_file(pod, volume, path);
    };
    auto environment = build_environment(pod, spec, services_.node, address, objects_, read_file);
    if (!environment) return environment.error();
    auto mounts = services_.volumes.mounts_of(pod, spec, environment->variables);
    if (!mounts) return mounts.error();
    tell_skipped_keys(spec.name, environment->skipped_keys);
    inputs.environment = std::move(environment->variables);
    inputs.mounts = std::move(*mounts);
    return add_message_file(pod, spec, inputs.attempt, inputs.mounts);
}

void PodWorker::tell_skipped_keys(
    const std::string& container, const std::vector<std::string>& keys) {
    if (keys.empty()) return;
    warn(
        container,
        "InvalidEnvironmentVariableNames",
        fmt::format(
            "Keys [{}] were skipped since they are considered invalid environment variable names.",
            fmt::join(keys, ", ")));
}

/// A pod that cannot be given the API runs all the same.
Awaitable<> PodWorker::open_relay(std::shared_ptr<const Pod> pod) {
    if (services_.relay == nullptr || !needs_relay(*pod, services_.node)) co_return;
    if (auto opened = co_await services_.relay->open(); !opened)
        warn({}, "APINotReachable", opened.error().message);
}

/// The text of a local seccomp profile. A local AppArmor profile needs an engine that knows
/// AppArmor: others would run the container without any.
Awaitable<Result<std::string>> PodWorker::load_profiles(
    std::shared_ptr<const Pod> pod, Container spec) {
    const auto app_armor = app_armor_of(*pod, spec);
    if (app_armor && app_armor->type == "Localhost") {
        auto info = co_await services_.runtime.info();
        if (!info) co_return info.error();
        if (!info->apparmor)
            co_return Error{
                .reason = Reason::Invalid,
                .message = "Cannot enforce AppArmor: AppArmor is not enabled on the host"};
    }
    co_return read_seccomp_profile(*pod, spec, services_.node);
}

/// Unless the container mounts something there itself.
Result<void> PodWorker::add_message_file(
    const Pod& pod, const Container& spec, int attempt, std::vector<BindMount>& mounts) const {
    const auto& path = spec.termination_message_path;
    const auto there = [&](const BindMount& mount) { return mount.target == path; };
    if (path.empty() || std::ranges::any_of(mounts, there)) return Ok();
    auto mount = make_message_file(services_.volumes.pod_folder(pod.uid), spec, attempt);
    if (!mount) return mount.error();
    mounts.push_back(std::move(*mount));
    return Ok();
}

}  // namespace picket::nodeagent
