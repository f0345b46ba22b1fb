#include "common/daemonset/preview.hpp"

#include "common/daemonset/plan.hpp"
#include "common/daemonset/rollout.hpp"

#include <algorithm>

namespace picket::daemonset {
namespace {

/// Images are pulled before the first wave, so they do not change who is in it.
std::vector<NodeSituation> with_images_there(const PreviewInput& input) {
    auto situations = input.situations;
    for (auto& situation : situations) {
        for (auto& pod : situation.pods) {
            if (pod->images == input.set.pod_template.images) continue;
            auto copy = *pod;
            copy.images = input.set.pod_template.images;
            pod = std::make_shared<const Pod>(std::move(copy));
        }
    }
    return situations;
}

bool has_live_pod(const NodeSituation& situation) {
    return std::any_of(situation.pods.begin(), situation.pods.end(), [](const PodPtr& pod) {
        return !pod->meta.deleting() && !pod->finished();
    });
}

HostPreview without_live_pod(const NodeSituation& situation) {
    HostPreview preview{.node = situation.node, .pod = nullptr};
    if (!situation.pods.empty()) preview.pod = situation.pods.front();
    const bool comes = situation.placement.should_run;
    if (!preview.pod) {
        preview.action = comes ? HostAction::Gains : HostAction::Untouched;
        if (!comes) preview.reason = placement_reason_name(situation.placement.reason);
        return preview;
    }
    preview.action = comes ? HostAction::Restarts : HostAction::Loses;
    preview.reason = preview.pod->meta.deleting() ? "the pod is stopping" : "the pod has ended";
    return preview;
}

/// The first pod that lives speaks for the host, as it does in a plan.
PodPtr live_pod(const NodeSituation& situation) {
    const auto found =
        std::find_if(situation.pods.begin(), situation.pods.end(), [](const PodPtr& pod) {
            return !pod->meta.deleting() && !pod->finished();
        });
    return *found;
}

class Preview {
public:
    explicit Preview(const PreviewInput& input) : input_(input) {}

    std::vector<HostPreview> run() {
        const auto situations = with_images_there(input_);
        plan_ = plan_daemonset({input_.set, input_.revision, situations, {}, input_.now});
        for (const auto& entry : plan_.deletes) {
            if (entry.reason == DeleteReason::Outdated) first_.push_back(entry.node);
        }
        if (allows_surge(input_.set))
            first_.insert(first_.end(), plan_.creates.begin(), plan_.creates.end());
        std::sort(first_.begin(), first_.end());
        for (const auto& situation : input_.situations) {
            if (situation.exists) previews_.push_back(preview(situation));
        }
        number_waves();
        return std::move(previews_);
    }

private:
    HostPreview preview(const NodeSituation& situation) {
        const auto& placement = situation.placement;
        if (!placement.should_continue && !situation.pods.empty()) {
            const auto reason = std::string(placement_reason_name(placement.reason));
            return {situation.node, HostAction::Loses, 0, reason, situation.pods.front()};
        }
        if (!has_live_pod(situation)) return without_live_pod(situation);
        HostPreview result{.node = situation.node, .pod = live_pod(situation)};
        if (input_.revision.made(result.pod->meta)) return result;
        preview_outdated(situation, result);
        return result;
    }

    void preview_outdated(const NodeSituation& situation, HostPreview& result) {
        result.reason = "the pod is of an older template";
        if (input_.set.update_strategy == UpdateStrategy::OnDelete) {
            result.action = HostAction::Waits;
        } else if (waits_in_silence(situation, input_.set, input_.revision)) {
            result.action = HostAction::SetAside;
            result.reason = "the node is silent";
        } else {
            const bool comes = situation.placement.should_run;
            result.action = comes ? HostAction::Restarts : HostAction::Loses;
            if (!comes) result.reason += ", and the node gets no new one";
            // With surge a pod that gets no successor goes when there are enough without it.
            if (comes || !allows_surge(input_.set)) turns_.push_back(previews_.size());
            if (!is_available(situation, *result.pod, input_.set, input_.now))
                result.reason = "the pod does not work";
        }
    }

    /// The first wave is the controller's first step; then as many at a time as the set allows.
    void number_waves() {
        const auto desired = std::count_if(
            input_.situations.begin(), input_.situations.end(), [](const auto& situation) {
                return situation.placement.should_run;
            });
        const auto limits = resolve_limits(input_.set, desired);
        const auto size = std::max<std::int64_t>(
            1, allows_surge(input_.set) ? limits.max_surge : limits.max_unavailable);
        std::int64_t later = 0;
        const auto in_first = [&](std::size_t index) {
            return std::binary_search(first_.begin(), first_.end(), previews_[index].node);
        };
        const bool any_first = std::any_of(turns_.begin(), turns_.end(), in_first);
        for (const auto index : turns_) {
            auto& wave = previews_[index].wave;
            wave = in_first(index) ? 1 : (any_first ? 2 : 1) + later++ / size;
        }
    }

    const PreviewInput& input_;
    DaemonPlan plan_;
    std::vector<std::string> first_;
    std::vector<HostPreview> previews_;
    std::vector<std::size_t> turns_;  // which of the previews an update reaches, in its order
};

}  // namespace

std::string_view host_action_name(HostAction action) {
    switch (action) {
        case HostAction::Untouched:
            return "Untouched";
        case HostAction::Gains:
            return "Gains";
        case HostAction::Loses:
            return "Loses";
        case HostAction::Restarts:
            return "Restarts";
        case HostAction::Waits:
            return "Waits";
        case HostAction::SetAside:
            return "SetAside";
    }
    return "";
}

std::vector<HostPreview> preview_daemonset(const PreviewInput& input) {
    return Preview(input).run();
}

}  // namespace picket::daemonset
