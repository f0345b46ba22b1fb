#include "nodeagent/pod/pod_worker.hpp"

#include "common/api/json_read.hpp"
#include "common/base/log.hpp"
#include "nodeagent/order/readiness.hpp"
#include "nodeagent/pod/log_links.hpp"
#include "nodeagent/pod/pod_status.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace picket::nodeagent {
namespace {

bool is_terminal_phase(const std::string& phase) {
    return phase == "Failed" || phase == "Succeeded";
}

std::chrono::steady_clock::duration until(TimePoint at, TimePoint now) {
    return std::max<std::chrono::steady_clock::duration>(at - now, std::chrono::milliseconds{1});
}

bool shows_metadata(const Pod& pod) {
    const auto downward = [](const FileSource& source) {
        return source.kind == FileSource::Kind::DownwardApi;
    };
    return std::ranges::any_of(pod.spec.volumes, [&](const Volume& volume) {
        return std::ranges::any_of(volume.sources, downward);
    });
}

}  // namespace

PodWorker::PodWorker(
    boost::asio::any_io_executor executor,
    PodServices& services,
    std::shared_ptr<const Pod> pod,
    std::vector<ContainerState> restored,
    std::function<void()> on_gone)
    : executor_(executor),
      services_(services),
      pod_(std::move(pod)),
      containers_(std::move(restored)),
      on_gone_(std::move(on_gone)),
      changed_(executor),
      tasks_(executor),
      prober_(executor, services.runtime, tasks_, probe_callbacks()) {
    for (const auto& container : containers_) restored_.insert(container.id);
    memory_.boot = services_.node.boot;
    memory_.ended = is_terminal_phase(json_read::text(previous_status(), "phase"));
}

void PodWorker::start() {
    tasks_.spawn("pod " + pod_->key(), run());
    tasks_.spawn("disk of " + pod_->key(), watch_disk());
    begin_prefetch();
}

Awaitable<> PodWorker::stop() {
    co_await tasks_.stop();
}

void PodWorker::set_pod(std::shared_ptr<const Pod> pod) {
    const bool other_metadata =
        pod->labels != pod_->labels || pod->annotations != pod_->annotations;
    if (other_metadata && shows_metadata(*pod)) memory_.files_stale = true;
    pod_ = std::move(pod);
    // What was worked out from the local copy yields to the API's times and counts.
    if (!std::exchange(heard_, true)) reported_.reset();
    begin_prefetch();
    changed_.notify();
}

void PodWorker::end(std::chrono::seconds grace) {
    const bool shorter = grace_ && grace < *grace_;
    if (!grace_ || shorter) grace_ = grace;
    if (shorter) kill_stopping();
    changed_.notify();
}

void PodWorker::kill_stopping() {
    for (const auto& id : memory_.stopping) {
        tasks_.spawn("kill " + id, kill_container(id));
    }
}

Awaitable<> PodWorker::kill_container(std::string id) {
    auto killed = co_await services_.runtime.kill(id, "KILL");
    // One that has just ended is as good as killed, and the stop under way sees it.
    if (!killed) logger("pod")->debug("kill failed id={} why={}", id, killed.error().message);
}

void PodWorker::reject(StateReason why) {
    warn({}, why.reason, why.message);
    memory_.rejected = std::move(why);
    memory_.ended = true;
    changed_.notify();
}

void PodWorker::look_again(const std::vector<ContainerState>& listed) {
    std::set<std::string> ids;
    for (const auto& container : containers_) ids.insert(container.id);
    for (const auto& container : listed) ids.insert(container.id);
    tasks_.spawn("refresh " + pod_->key(), refresh_all({ids.begin(), ids.end()}));
}

void PodWorker::container_changed(ContainerState container) {
    const auto same = [&](const ContainerState& state) { return state.id == container.id; };
    const auto found = std::find_if(containers_.begin(), containers_.end(), same);
    if (found != containers_.end()) {
        *found = std::move(container);
    } else {
        containers_.push_back(std::move(container));
    }
    changed_.notify();
}

void PodWorker::container_removed(const std::string& id) {
    const auto same = [&](const ContainerState& state) { return state.id == id; };
    const auto found = std::find_if(containers_.begin(), containers_.end(), same);
    if (found == containers_.end()) return;
    // One that never ran is nobody's loss.
    if (found->started) {
        const auto identity = identity_of(*found);
        auto& lost = memory_.lost[identity.container];
        if (identity.attempt > lost.attempt) lost = {identity.attempt, services_.clock.now()};
    }
    containers_.erase(found);
    changed_.notify();
}

PodSnapshot PodWorker::snapshot() const {
    return PodSnapshot(*pod_, containers_, memory_, services_.clock.now());
}

const ContainerState* PodWorker::find_container(std::string_view container, bool previous) const {
    const auto moment = snapshot();
    const auto instances = moment.instances(container);
    if (instances.empty()) return nullptr;
    const auto* latest = instances.front();
    if (!previous) return latest;
    // One that has ended and will be restarted is already the previous one.
    const auto* spec = pod_->find_container(container);
    if (latest->exited() && spec != nullptr && moment.restart_time(*spec, *latest)) return latest;
    return instances.size() < 2 ? nullptr : instances[1];
}

PodNetwork PodWorker::network() const {
    PodNetwork network{pod_->spec.host_network, snapshot().address(), 0};
    if (network.host) network.address = services_.node.ip;
    for (const auto& state : containers_) {
        if (state.running()) network.pid = state.pid;
    }
    return network;
}

std::vector<ContainerState> PodWorker::running_containers() const {
    std::vector<ContainerState> running;
    for (const auto& state : containers_) {
        const bool named = pod_->find_container(state.label(label::kContainerName)) != nullptr;
        if (named && state.running()) running.push_back(state);
    }
    return running;
}

Awaitable<> PodWorker::run() {
    while (!gone_) {
        co_await sync();
        if (gone_) break;
        auto plan = grace_ ? plan_pod_end(snapshot(), *grace_) : plan_pod(snapshot());
        if (const auto deadline = active_deadline())
            plan.wake_at = std::min(plan.wake_at.value_or(*deadline), *deadline);
        if (again_) {
            again_ = false;
        } else if (plan.wake_at) {
            co_await changed_.wait_for(until(*plan.wake_at, services_.clock.now()));
        } else {
            co_await changed_.wait();
        }
    }
    on_gone_();
}

/// When the pod has run for as long as it may; nothing if it ends anyway.
std::optional<TimePoint> PodWorker::active_deadline() const {
    const auto& seconds = pod_->spec.active_deadline_seconds;
    const auto started = json_read::time(previous_status(), "startTime");
    if (!seconds || !started || memory_.ended || grace_) return std::nullopt;
    return *started + std::chrono::seconds{*seconds};
}

Awaitable<> PodWorker::sync() {
    if (const auto deadline = active_deadline(); deadline && *deadline <= services_.clock.now())
        reject(
            {"DeadlineExceeded", "Pod was active on the node longer than the specified deadline"});
    auto plan = grace_ ? plan_pod_end(snapshot(), *grace_) : plan_pod(snapshot());
    const bool gone = plan.gone;
    // A removal waits for the black box; a restart does not, its exits are recorded once it is
    // done.
    const bool starts = !plan.start.empty() || !plan.prepare_images.empty() || looks_for_image();
    if (!starts || !plan.remove.empty()) co_await record_exits();
    // Last states are reported before the containers that carry them are removed.
    if (grace_ && !plan.remove.empty()) {
        co_await report_status();
        release();
    }
    co_await apply(std::move(plan));
    if (gone) {
        co_await finish();
    } else if (!released_) {
        watch_probes();
        co_await report_status();
    }
}

Awaitable<> PodWorker::apply(PodPlan plan) {
    for (auto& action : plan.stop) {
        memory_.stopping.insert(action.id);
        const auto task = "stop " + action.container;
        tasks_.spawn(task, stop_container(std::move(action)));
    }
    for (auto& container : plan.prepare_images) {
        memory_.images[container].phase = ImageState::Phase::Working;
        tasks_.spawn("image of " + container, prepare_image(container));
    }
    for (const auto& container : plan.restart_blocked) tell_back_off(container);
    again_ = plan.prepare_volumes || plan.refresh_files || plan.create_sandbox ||
             !plan.start.empty() || !plan.remove.empty();
    for (auto& id : plan.remove) co_await remove_container(id);
    if (plan.prepare_volumes) co_await prepare_volumes();
    if (plan.refresh_files) co_await refresh_files();
    if (plan.create_sandbox) co_await create_sandbox(*plan.create_sandbox);
    for (auto& action : plan.start) co_await start_container(std::move(action));
}

/// A start waits for the engine's word on its image, which is there in a moment; a pull takes its
/// time.
bool PodWorker::looks_for_image() const {
    return std::ranges::any_of(memory_.images, [](const auto& entry) {
        const auto& image = entry.second;
        return image.phase == ImageState::Phase::Working && image.progress.empty();
    });
}

void PodWorker::release() {
    if (!std::exchange(released_, true) && on_released) on_released();
}

void PodWorker::tell_back_off(const std::string& container) {
    const auto moment = snapshot();
    const auto* ended = moment.latest(container);
    auto& told = back_off_told_[container];
    if (ended == nullptr || told == ended->id) return;
    told = ended->id;
    warn(
        container,
        "BackOff",
        fmt::format(
            "Back-off restarting failed container {} in pod {}_{}",
            container,
            pod_->name,
            pod_->namespace_name));
}

Json PodWorker::previous_status() const {
    if (reported_) return *reported_;
    return pod_->status ? *pod_->status : Json();
}

Awaitable<> PodWorker::report_status() {
    co_await collect_messages();
    auto previous = previous_status();
    // Conditions that others set live in the API's copy.
    if (pod_->status && reported_) {
        for (const auto& condition : json_read::member(*pod_->status, "conditions")) {
            const auto type = json_read::text(condition, "type");
            const auto same = [&](const Json& known) {
                return json_read::text(known, "type") == type;
            };
            auto& known = previous["conditions"];
            if (std::none_of(known.begin(), known.end(), same)) known.push_back(condition);
        }
    }
    auto status = build_pod_status(snapshot(), services_.node, previous);
    memory_.ended = memory_.ended || is_terminal_phase(json_read::text(status, "phase"));
    reported_ = status;
    note_readiness(status);
    services_.statuses.report(*pod_, std::move(status));
}

void PodWorker::note_readiness(const Json& status) {
    const auto* condition = json_read::condition(status, "Ready");
    const bool done = json_read::text(status, "phase") == "Succeeded";
    const bool ready =
        done || (condition != nullptr && json_read::text(*condition, "status") == "True");
    auto why = ready ? std::string() : unready_reason(status);
    if (ready == ready_ && why == unready_why_) return;
    ready_ = ready;
    unready_why_ = std::move(why);
    if (on_readiness) on_readiness();
}

Awaitable<> PodWorker::finish() {
    services_.objects.unfollow(pod_->uid);
    unlink_pod_logs(services_.node.log_root, *pod_);
    auto removed = services_.volumes.remove(pod_->uid);
    if (!removed) logger("pod")->error("{} pod={}", removed.error().message, pod_->key());
    gone_ = true;
    co_return;
}

void PodWorker::warn(const std::string& container, std::string reason, std::string message) {
    services_.events.warning(*pod_, container, std::move(reason), std::move(message));
}

void PodWorker::tell(const std::string& container, std::string reason, std::string message) {
    services_.events.normal(*pod_, container, std::move(reason), std::move(message));
}

}  // namespace picket::nodeagent
