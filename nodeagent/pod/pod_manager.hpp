#pragma once
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "nodeagent/local/pod_checkpoint.hpp"
#include "nodeagent/order/readiness.hpp"
#include "nodeagent/order/start_order.hpp"
#include "nodeagent/pod/pod_services.hpp"
#include "nodeagent/pod/pod_worker.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// All pods of this host. Joins three views that come at their own times: the local copy (at
/// start), the engine's containers, and the API's pods.
///
/// - Nothing starts before the engine has been listed once: what runs already is taken over, never
/// doubled.
/// - Nothing ends before the API has been listed once: a lost contact stops nothing.
/// - A pod's object is deleted from the API only when nothing of it is left on the host.
///
/// Loop thread only.
class PodManager {
public:
    /// Called with a pod that has left the host, when its object still waits in the API.
    using Departed = std::function<void(const Pod& pod)>;

    PodManager(
        boost::asio::any_io_executor executor,
        PodServices& services,
        PodCheckpoint& checkpoint,
        Departed on_departed);

    /// Takes the pods of the local copy.
    void restore();
    /// The API's whole list, and one change of it.
    void replace_pods(const std::vector<Json>& objects);
    void set_pod(const Json& object);
    void remove_pod(const Json& object);
    /// The host's own pods, from manifest files: they come and go with these calls alone. Once
    /// `expect_static_pods` was called, no unknown container is ended before the first.
    void expect_static_pods() { static_listed_ = false; }
    void set_static_pods(const std::vector<Json>& objects);
    /// What the files held when an agent last read them: such a pod whose file has gone meanwhile
    /// is known, and ended, with the next set_static_pods().
    void remember_static_pods(const std::vector<Json>& objects);
    [[nodiscard]] bool is_static(const std::string& uid) const;
    /// The engine's whole list, and changes of it.
    void set_containers(std::vector<ContainerState> containers);
    void container_changed(ContainerState container);
    void host_changed();
    void container_removed(const std::string& id);

    /// Until the API was listed once, it is not known what this host should run.
    void expect_api() { needs_api_ = true; }
    /// Called whenever it changes.
    std::function<void(const HostReadiness&)> on_readiness;
    /// Whether the API still has this pod.
    [[nodiscard]] bool in_api(const std::string& uid) const;
    /// By the pod's uid, or for a static pod also by that of its stand-in in the API.
    [[nodiscard]] const PodWorker* find(const std::string& uid) const;
    void set_alias(const std::string& static_uid, const std::string& mirror_uid) {
        aliases_[static_uid] = mirror_uid;
    }
    [[nodiscard]] std::vector<const Pod*> pods() const;
    /// How their containers ended; null if nobody writes it down.
    [[nodiscard]] const BlackBox* black_box() const { return services_.black_box; }
    /// Uids of all pods that may have something on this host; nothing while that is not known.
    [[nodiscard]] std::optional<std::set<std::string>> known_uids() const;

    /// Clears away pods that have ended, until cancelled. Spawn it in the owner's TaskGroup.
    Awaitable<> run();
    /// Ends all workers; containers go on running.
    Awaitable<> stop();

private:
    struct Entry {
        std::shared_ptr<const Pod> pod;
        bool in_api = false;
        bool from_file = false;     ///< a static pod: the API has no say
        bool withdrawn = false;     ///< a static pod whose file has gone
        bool known_before = false;  ///< accepted in an earlier life: not asked again
        TimePoint begun{};          ///< of the worker
        std::string waits = {};     ///< without a worker: for whom, by the order of starting
        std::unique_ptr<PodWorker> worker;
    };

    void accept(const Json& object);
    void withdraw(const std::string& uid, std::chrono::seconds grace);
    void accept_static(const Json& object);
    static void withdraw_static(Entry& entry);
    void bring_back_static_pod(const std::string& uid);
    void begin(Entry& entry);
    [[nodiscard]] std::vector<OrderedPod> pods_in_order() const;
    [[nodiscard]] bool must_not_wait(const Entry& entry) const;
    void hold_back(Entry& entry, const std::string& why);
    [[nodiscard]] HostReadiness readiness() const;
    void tell_readiness();
    void begin_waiting();
    /// False: pods that are about to end hold what this one needs; it waits for them.
    bool admit(const Entry& entry, std::optional<StateReason>& refused) const;
    [[nodiscard]] std::vector<const Pod*> accepted_pods(const Pod& except, bool with_ending) const;
    void adopt_orphans();
    void depart(Entry& entry);
    Awaitable<> clear(std::string uid);

    boost::asio::any_io_executor executor_;
    PodServices& services_;
    PodCheckpoint& checkpoint_;
    Departed on_departed_;
    std::map<std::string, Entry> entries_;  ///< by uid
    std::map<std::string, std::vector<ContainerState>>
        unclaimed_;  ///< by pod uid: containers without a worker
    bool engine_listed_ = false;
    bool api_listed_ = false;
    bool static_listed_ = true;
    bool needs_api_ = false;
    std::optional<TimePoint> wake_at_;  ///< when the order of starting is to be looked at again
    HostReadiness told_;
    std::map<std::string, std::string> aliases_;  ///< uid of a static pod to that of its mirror
    std::map<std::string, Json> static_objects_;  ///< by uid: what the files hold now
    std::set<std::string> departed_;  ///< uids that left this host and are still in the API
    std::vector<std::string> gone_;
    Notification gone_signal_;
};

}  // namespace picket::nodeagent
