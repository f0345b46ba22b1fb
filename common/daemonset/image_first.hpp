#pragma once
#include "common/daemonset/plan.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace picket::daemonset {

/// Before an update stops a daemon that works, the new images are on its host. The controller asks
/// by an annotation on the old pod, the agent answers by a condition of it. A few hosts are asked
/// ahead of their turn, so that pulls overlap with the restarts before them.
///
/// A host that is asked and has not pulled yet takes one place of the look-ahead; it gives it up
/// after kPatience, or as soon as a pull fails although the images can be had elsewhere. So no
/// broken host holds up the others, and images that nobody can pull reach a few hosts only, and
/// stop no daemon. A host whose agent does not say that it can pull ahead goes by the plain rule
/// at once; so does one that says so and has not even begun to answer within kAnswer, for the label
/// outlives an agent that is put back to an older version.
///
/// Off under the plain Kubernetes policy.
class ImageFirst {
public:
    static constexpr std::chrono::minutes kPatience{5};
    static constexpr std::chrono::minutes kAnswer{5};

    ImageFirst(const PlanInput& input, DaemonPlan& plan, bool proven)
        : input_(input), plan_(plan), proven_(proven) {}

    /// Nothing needs to be pulled for this pod's successor, or it has been.
    [[nodiscard]] bool there(const NodeSituation& situation, const Pod& pod);
    /// The pod's host lacks the images.
    void wanted(const Pod& pod);
    /// A host has the images and waits for its turn.
    void ahead() { ++ahead_; }
    /// Asks the next hosts in turn.
    void look_ahead(std::int64_t max_unavailable);

private:
    [[nodiscard]] bool asked(const Pod& pod) const;
    [[nodiscard]] bool cannot_answer(const Prefetch& prefetch) const;
    [[nodiscard]] bool holds_place(const Prefetch& prefetch) const;

    const PlanInput& input_;
    DaemonPlan& plan_;
    bool proven_;
    std::int64_t ahead_ = 0;
    std::vector<const Pod*> asked_ = {};
    std::vector<const Pod*> unasked_ = {};
};

/// The old pod is there, its successor's images are not: the update waits for them.
[[nodiscard]] bool waits_for_images(
    const DaemonSet& set,
    const CurrentRevision& revision,
    const NodeSituation& situation,
    const Pod& pod);

/// The text of the annotation by which the agent is asked.
[[nodiscard]] std::string prefetch_request(
    const PodTemplate& pod_template, const CurrentRevision& revision, TimePoint now);

}  // namespace picket::daemonset
