#pragma once
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "nodeagent/images/prefetch_request.hpp"
#include "nodeagent/pod/container_spec_builder.hpp"
#include "nodeagent/pod/pod_plan.hpp"
#include "nodeagent/pod/pod_services.hpp"
#include "nodeagent/pod/prober.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// Where a pod's ports are.
struct PodNetwork {
    bool host = false;
    std::string address = {};  ///< the pod's; the node's with host network
    int pid = 0;               ///< a process in the pod's network namespace; 0 if none runs
};

/// Runs one pod: looks at what is wanted, what the engine has and what it remembers, plans, acts,
/// reports, and waits for the next change. Every wake-up is only a hint to look again. What takes
/// long (pulls, graceful stops) runs beside the loop, so that a deletion or a dead container is
/// always seen at once. Owned by the PodManager; loop thread only.
class PodWorker {
public:
    /// `restored`: the containers that the engine already has of this pod.
    PodWorker(
        boost::asio::any_io_executor executor,
        PodServices& services,
        std::shared_ptr<const Pod> pod,
        std::vector<ContainerState> restored,
        std::function<void()> on_gone);

    void start();
    /// Ends the loop and what it has started; containers go on running.
    Awaitable<> stop();

    void set_pod(std::shared_ptr<const Pod> pod);
    /// The pod is not wanted any more: stop its containers within `grace`, remove them, then call
    /// `on_gone`. A later call can only shorten the grace.
    void end(std::chrono::seconds grace);
    /// This node does not take the pod.
    void reject(StateReason why);

    /// The node's context has changed: the status may say something else.
    void host_changed() { changed_.notify(); }
    /// The engine was listed anew: inspects everything known or listed. The list itself may be
    /// older than what this worker has done meanwhile, so its states are not taken.
    void look_again(const std::vector<ContainerState>& listed);
    void container_changed(ContainerState container);
    void container_removed(const std::string& id);

    [[nodiscard]] const Pod& pod() const { return *pod_; }
    [[nodiscard]] bool ending() const { return grace_.has_value(); }
    /// Whether the pod has ended by itself or was refused: it holds nothing of the node any more.
    [[nodiscard]] bool ended() const { return memory_.ended; }
    /// Whether nothing of an ending pod runs any more, and called when that is so: what it held of
    /// the node is free, though its dead containers and volumes are yet to be removed.
    [[nodiscard]] bool released() const { return released_; }
    std::function<void()> on_released;
    /// Whether condition Ready holds, and called whenever that or what is in its way has changed.
    [[nodiscard]] bool ready() const { return ready_; }
    [[nodiscard]] const std::string& unready_why() const { return unready_why_; }
    std::function<void()> on_readiness;
    /// The newest container of this name, or with `previous` the one before it that has ended.
    [[nodiscard]] const ContainerState* find_container(
        std::string_view container, bool previous) const;
    [[nodiscard]] PodNetwork network() const;
    /// The running containers, the sandbox not among them.
    [[nodiscard]] std::vector<ContainerState> running_containers() const;

private:
    Awaitable<> run();
    Awaitable<> sync();
    [[nodiscard]] std::optional<TimePoint> active_deadline() const;
    Awaitable<> apply(PodPlan plan);
    [[nodiscard]] bool looks_for_image() const;
    void release();
    Awaitable<> report_status();

    Awaitable<> prepare_volumes();
    Awaitable<> refresh_files();
    Awaitable<Result<void>> fetch_objects(std::shared_ptr<const Pod> pod);
    Awaitable<Result<void>> renew_objects(std::shared_ptr<const Pod> pod);
    void objects_changed();
    Awaitable<> watch_disk();
    Awaitable<> collect_messages();
    Awaitable<std::string> last_words(std::string id);
    Awaitable<> create_sandbox(int attempt);
    Awaitable<> start_container(StartContainer action);
    Awaitable<bool> sandbox_has_ended(std::shared_ptr<const Pod> pod);
    Awaitable<Result<std::string>> create_container(
        std::shared_ptr<const Pod> pod, StartContainer action);
    Awaitable<Result<ContainerSpec>> gather_container_spec(
        std::shared_ptr<const Pod> pod, StartContainer action);
    Result<void> fill_inputs(const Pod& pod, const Container& spec, ContainerInputs& inputs);
    void tell_skipped_keys(const std::string& container, const std::vector<std::string>& keys);
    Awaitable<> open_relay(std::shared_ptr<const Pod> pod);
    Result<void> add_message_file(
        const Pod& pod, const Container& spec, int attempt, std::vector<BindMount>& mounts) const;
    Awaitable<Result<std::string>> load_profiles(std::shared_ptr<const Pod> pod, Container spec);
    Awaitable<Result<std::string>> create_fresh(ContainerSpec spec);
    Awaitable<Result<void>> start_created(std::string id);
    Awaitable<> run_post_start(std::string id, std::string container, Handler hook);
    Awaitable<std::chrono::seconds> run_pre_stop(StopContainer action);
    [[nodiscard]] Prober::Callbacks probe_callbacks();
    void watch_probes();
    [[nodiscard]] const ContainerState* find_id(const std::string& id) const;
    [[nodiscard]] HandlerTarget handler_target(const std::string& id) const;
    Awaitable<> prepare_image(std::string container);
    Awaitable<> record_exits();
    Awaitable<> record_exit(std::string id);
    Awaitable<std::string> last_lines(std::string id);
    void begin_prefetch();
    [[nodiscard]] bool still_asks_for(const PrefetchRequest& request) const;
    Awaitable<> prefetch_images(PrefetchRequest request);
    Awaitable<std::optional<StateReason>> prefetch_once(
        std::shared_ptr<const Pod> wanted, PrefetchRequest request);
    Awaitable<> wait_in_the_spread(WantedImage wanted, std::size_t index);
    void note_prefetch(StateReason why, bool done);
    void note_prefetch_progress(const std::string& image, const std::string& text);
    Awaitable<> stop_container(StopContainer action);
    Awaitable<> remove_container(std::string id);
    Awaitable<> refresh(std::string id);
    void take(const std::string& id, Result<ContainerState> state);
    Awaitable<> refresh_all(std::vector<std::string> ids);
    Awaitable<> finish();

    void fail_container(
        const std::string& container, const std::string& reason, const Error& error);
    [[nodiscard]] Json previous_status() const;
    void note_readiness(const Json& status);
    [[nodiscard]] PodSnapshot snapshot() const;
    void warn(const std::string& container, std::string reason, std::string message);
    void tell(const std::string& container, std::string reason, std::string message);
    void step_back_off(const StartContainer& action);
    void kill_stopping();
    void tell_back_off(const std::string& container);
    Awaitable<> kill_container(std::string id);

    boost::asio::any_io_executor executor_;
    PodServices& services_;
    std::shared_ptr<const Pod> pod_;
    std::vector<ContainerState> containers_;
    PodMemory memory_;
    ReferencedObjects objects_;
    bool objects_current_ = false;  ///< all are watched, and none has changed since
    std::optional<std::chrono::seconds> grace_;
    std::optional<Json> reported_;
    bool ready_ = false;
    std::string unready_why_;
    std::optional<PrefetchRequest> prefetch_request_;
    TimePoint progress_told_{};
    std::map<std::string, std::string> back_off_told_;  ///< container to the id whose end was told
    bool heard_ = false;  ///< whether the API has said anything since the start
    bool released_ = false;
    bool gone_ = false;
    bool again_ = false;
    std::function<void()> on_gone_;
    Notification changed_;
    std::set<std::string> restored_;  ///< ids of containers that ran before this agent did
    TaskGroup tasks_;
    Prober prober_;  // only tells tasks_ what to run
};

}  // namespace picket::nodeagent
