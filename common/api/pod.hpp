#pragma once
#include "common/api/object_meta.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket {

/// A port of a container that bears a name: what services may aim at.
struct NamedPort {
    std::string name;
    std::string protocol;
    std::int64_t number = 0;
    bool operator==(const NamedPort&) const = default;
};

enum class PodPhase : unsigned char { Pending, Running, Succeeded, Failed, Unknown };
[[nodiscard]] PodPhase parse_pod_phase(std::string_view text);

/// What keeps a pod's containers from running, as their statuses say it.
enum class PodTrouble : unsigned char {
    None,
    Image,        ///< an image is not there: ErrImagePull, ImagePullBackOff and the like
    Crashing,     ///< CrashLoopBackOff, or ended and not up again
    CannotStart,  ///< refused by the runtime or by a missing ConfigMap, Secret, volume
};

/// What a daemon pod's annotation `picket.dev/turn` says of the pod whose place it took.
enum class PodTurn : unsigned char {
    None,     ///< it took nobody's place, or nobody knows
    Taken,    ///< of a daemon that worked: the update owes the host a working one
    Excused,  ///< of a daemon that was broken before its turn
};
inline constexpr const char* kTurnAnnotation = "picket.dev/turn";
[[nodiscard]] PodTurn parse_pod_turn(std::string_view text);
[[nodiscard]] std::string_view pod_turn_name(PodTurn turn);

/// What is known of the images that an update wants on the host before this pod may go: the
/// annotation `picket.dev/prefetch`, and the agent's answer in the condition
/// `prefetched.picket.dev/<revision>`.
struct Prefetch {
    std::string revision;  ///< hash of the revision whose images are asked for
    std::optional<TimePoint> asked = std::nullopt;
    bool answered = false;
    bool done = false;
    bool failed = false;                            ///< answered, and the last pull failed
    std::optional<TimePoint> since = std::nullopt;  ///< of the answer
    std::string message = {};                       ///< how far it is, or the registry's words
};
/// The engine's name of the runtime that the pod's RuntimeClass means.
inline constexpr const char* kRuntimeHandlerAnnotation = "picket.dev/runtime-handler";
inline constexpr const char* kPrefetchAnnotation = "picket.dev/prefetch";
inline constexpr const char* kPrefetchedCondition = "prefetched.picket.dev/";

/// What controllers read of a Pod. A server holds a hundred thousand of them, so nothing of its
/// containers is kept but named ports.
struct Pod {
    ObjectMeta meta;
    std::string node_name = {};  ///< spec.nodeName; empty: not bound
    std::string aimed_node =
        {};  ///< of an unbound pod: the single node its required affinity names
    PodPhase phase = PodPhase::Pending;
    bool ready = false;                                   ///< condition Ready is True
    std::optional<TimePoint> ready_since = std::nullopt;  ///< lastTransitionTime of that condition
    std::string reason = {};  ///< status.reason, for example "OutOfcpu" of a refused pod

    /// lastTransitionTime of condition Ready where that is not True.
    std::optional<TimePoint> unready_since = std::nullopt;
    std::optional<TimePoint> started = std::nullopt;  ///< status.startTime
    /// When it was asked to stop: its deletionTimestamp without the grace.
    std::optional<TimePoint> stopping_since = std::nullopt;
    PodTrouble trouble = PodTrouble::None;
    PodTurn turn = PodTurn::None;
    std::uint32_t images = 0;                            ///< of its spec; see hash_images
    std::shared_ptr<const Prefetch> prefetch = nullptr;  ///< null: nothing was asked for
    std::string ip = {};                                 ///< status.podIP
    std::vector<NamedPort> ports = {};

    static Pod parse(const Json& object);

    [[nodiscard]] bool bound() const { return !node_name.empty(); }
    /// Where it runs or is meant to run; empty if nothing says so.
    [[nodiscard]] const std::string& target_node() const {
        return bound() ? node_name : aimed_node;
    }
    /// Failed or Succeeded: no container of it will ever run again.
    [[nodiscard]] bool finished() const {
        return phase == PodPhase::Failed || phase == PodPhase::Succeeded;
    }
    /// It was Ready at some time since its agent took it up, now included.
    [[nodiscard]] bool was_ready() const {
        return ready || (unready_since && started && *unready_since > *started);
    }
};

/// One number for all the images a pod's or template's spec names: equal sets, equal numbers.
[[nodiscard]] std::uint32_t hash_images(const Json& pod_spec);

}  // namespace picket
