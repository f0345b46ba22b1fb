#pragma once
/// A small world that plays API server and agents for properties over random fleets. A failing seed
/// replays exactly.
#include "tests/unit/common/daemonset/plan_fixture.hpp"

#include <random>
#include <set>

namespace picket::testing {

using namespace daemonset;

class World {
public:
    World(std::uint64_t seed, const DaemonSetBuilder& set) : random_(seed), fleet_(set.view()) {
        const auto nodes = 1 + pick(8);
        for (int i = 0; i < nodes; ++i) change_node("n" + std::to_string(i));
    }

    [[nodiscard]] int pick(int below) {
        return static_cast<int>(random_() % static_cast<unsigned>(below));
    }
    [[nodiscard]] bool chance(int percent) { return pick(100) < percent; }
    [[nodiscard]] Fleet& fleet() { return fleet_; }

    void change_node(const std::string& name) {
        auto node = a_node(name);
        if (chance(70)) node = node.labelled("disk", "ssd");
        if (chance(10)) node = node.tainted("gpu", "NoSchedule");
        if (chance(5)) node = node.tainted("bad", "NoExecute");
        fleet_.with(node);
    }

    /// Every second one brings another image.
    void new_template() {
        fleet_.revision.hash = "v" + std::to_string(++version_);
        fleet_.set.pod_template.images += chance(50) ? 1 : 0;
    }

    void turn_silence(const std::string& name) {
        const auto found = fleet_.nodes.find(name);
        if (found == fleet_.nodes.end()) return;
        auto node = *found->second;
        const bool silent = node.condition_status("Ready") == ConditionStatus::Unknown;
        node.conditions = {
            {.type = "Ready",
             .status = silent ? ConditionStatus::True : ConditionStatus::Unknown,
             .transition = fleet_.now}};
        found->second = std::make_shared<const Node>(node);
    }
    void end_silence() {
        for (const auto& situation : fleet_.situations()) {
            if (situation.silent()) turn_silence(situation.node);
        }
    }
    /// One daemon that works stops working.
    void break_daemon() {
        if (fleet_.pods.empty()) return;
        auto& [node, pods] =
            *std::next(fleet_.pods.begin(), pick(static_cast<int>(fleet_.pods.size())));
        for (auto& pod : pods) {
            if (pod->ready && !pod->meta.deleting()) pod = made_unready(*pod);
        }
    }
    /// Some nodes fall silent, on some the daemon breaks and no new one will work. Returns the
    /// rest.
    std::set<std::string> spoil_some_hosts() {
        std::set<std::string> healthy;
        for (const auto& situation : fleet_.situations()) {
            const auto fate = pick(3);
            if (fate == 0) turn_silence(situation.node);
            if (fate == 1 && !situation.pods.empty()) {
                auto& pod = fleet_.pods[situation.node].front();
                pod = made_unready(*pod);
            }
            if (fate == 2) healthy.insert(situation.node);
        }
        return healthy;
    }
    void healthy_hosts_settle(const std::set<std::string>& healthy) {
        for (auto& [node, pods] : fleet_.pods) {
            const auto silent = silent_nodes();
            if (silent.contains(node)) continue;
            std::erase_if(pods, [](const auto& pod) { return pod->meta.deleting(); });
            if (!healthy.contains(node)) continue;
            for (auto& pod : pods) pod = answered(pod->ready ? *pod : *made_ready(*pod));
        }
        fleet_.now += std::chrono::seconds(30);
    }

    void drop_node() {
        if (fleet_.nodes.empty()) return;
        const auto name =
            std::next(fleet_.nodes.begin(), pick(static_cast<int>(fleet_.nodes.size())))->first;
        fleet_.nodes.erase(name);
        fleet_.pods.erase(name);  // the pod collector
    }

    void apply(const DaemonPlan& plan) {
        for (const auto& [node, turn] : plan.turns) fleet_.turns[node] = turn;
        for (const auto& node : plan.creates) make_pod(node);
        for (const auto& entry : plan.deletes) stop_pod(entry.uid);
        for (const auto& [node, entry] : plan.backoff) fleet_.backoff.set(node, entry);
        for (const auto& name : plan.prefetches) ask(name);
    }

    /// Agents make progress: terminating pods vanish, others become ready, now and then one fails.
    void agents_act(bool failures) {
        const auto silent = silent_nodes();
        for (auto& [node, pods] : fleet_.pods) {
            if (silent.contains(node)) continue;
            std::vector<PodPtr> next;
            for (const auto& pod : pods) {
                if (pod->meta.deleting()) {
                    if (chance(50)) next.push_back(pod);
                } else {
                    next.push_back(progressed(*pod, failures));
                }
            }
            pods = std::move(next);
        }
        fleet_.now += std::chrono::seconds(1 + pick(3));
        settle_turns(fleet_.situations(), fleet_.revision, fleet_.turns);
    }

    void everything_settles() {
        for (auto& [node, pods] : fleet_.pods) {
            std::erase_if(pods, [](const auto& pod) { return pod->meta.deleting(); });
            for (auto& pod : pods)
                pod = answered(pod->ready || pod->finished() ? *pod : *made_ready(*pod));
        }
        fleet_.now += std::chrono::minutes(20);
        settle_turns(fleet_.situations(), fleet_.revision, fleet_.turns);
    }

private:
    void make_pod(const std::string& node) {
        const auto name = "p" + std::to_string(++serial_);
        const auto turn = fleet_.turns.find(node);
        auto pod = a_pod(name).hash(fleet_.revision.hash).on(node).created(serial_);
        if (turn != fleet_.turns.end()) pod = pod.turn(turn->second);
        auto view = pod.of(fleet_.set).view();
        view.images = fleet_.set.pod_template.images;
        fleet_.pods[node].push_back(std::make_shared<const Pod>(view));
    }

    void ask(const std::string& name) {
        for (auto& [node, pods] : fleet_.pods) {
            for (auto& pod : pods) {
                if (pod->meta.name != name) continue;
                auto copy = *pod;
                copy.prefetch = std::make_shared<const Prefetch>(
                    Prefetch{.revision = fleet_.revision.hash, .asked = fleet_.now});
                pod = std::make_shared<const Pod>(copy);
            }
        }
    }

    static PodPtr answered(const Pod& pod) {
        auto copy = pod;
        if (copy.prefetch) {
            auto prefetch = *copy.prefetch;
            prefetch.answered = prefetch.done = true;
            copy.prefetch = std::make_shared<const Prefetch>(prefetch);
        }
        return std::make_shared<const Pod>(copy);
    }

    std::set<std::string> silent_nodes() {
        std::set<std::string> silent;
        for (const auto& situation : fleet_.situations()) {
            if (situation.silent()) silent.insert(situation.node);
        }
        return silent;
    }

    void stop_pod(const std::string& uid) {
        for (auto& [node, pods] : fleet_.pods) {
            for (auto& pod : pods) {
                if (pod->meta.uid != uid) continue;
                auto copy = *pod;
                copy.meta.deletion = fleet_.now;
                copy.stopping_since = fleet_.now;
                pod = std::make_shared<const Pod>(copy);
            }
        }
    }

    PodPtr progressed(const Pod& pod, bool failures) {
        if (pod.finished()) return std::make_shared<const Pod>(pod);
        if (failures && chance(5)) {
            auto copy = pod;
            copy.phase = chance(80) ? PodPhase::Failed : PodPhase::Succeeded;
            copy.ready = false;
            return std::make_shared<const Pod>(copy);
        }
        if (pod.prefetch && chance(50)) return answered(pod);
        if (!pod.ready && !pod.was_ready() && chance(60)) return made_ready(pod);
        return std::make_shared<const Pod>(pod);
    }

    PodPtr made_unready(const Pod& pod) {
        auto copy = pod;
        copy.ready = false;
        copy.started = fleet_.now - std::chrono::seconds(5);
        copy.unready_since = fleet_.now;
        return std::make_shared<const Pod>(copy);
    }

    PodPtr made_ready(const Pod& pod) {
        auto copy = pod;
        copy.phase = PodPhase::Running;
        copy.ready = true;
        copy.ready_since = fleet_.now;
        return std::make_shared<const Pod>(copy);
    }

    std::mt19937_64 random_;
    Fleet fleet_;
    int serial_ = 0;
    int version_ = 0;
};

}  // namespace picket::testing
