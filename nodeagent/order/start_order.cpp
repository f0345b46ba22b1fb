#include "nodeagent/order/start_order.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
constexpr Duration kPriorityPatience = 30s;
constexpr Duration kNamedPatience = 5min;

using Stage = OrderedPod::Stage;

class OrderPlanner {
public:
    OrderPlanner(const std::vector<OrderedPod>& pods, TimePoint now) : pods_(pods), now_(now) {}

    StartOrder plan() && {
        for (const auto& pod : pods_) {
            if (pod.stage != Stage::Waiting) continue;
            const auto blockers = blockers_of(pod);
            if (blockers.empty()) {
                order_.begin.insert(pod.uid);
            } else {
                order_.waits[pod.uid] =
                    fmt::format("waits for {} to be ready", fmt::join(blockers, ", "));
            }
        }
        return std::move(order_);
    }

private:
    std::set<std::string> blockers_of(const OrderedPod& pod) {
        std::set<std::string> blockers;
        for (const auto& other : pods_) {
            if (&other == &pod) continue;
            const bool named = names(pod, other) && holds_up(other, kNamedPatience) &&
                               !depends(other, pod, Edges::Names);
            const bool ranks = ranks_above(other, pod) && holds_up(other, kPriorityPatience) &&
                               !depends(other, pod, Edges::All);
            if (named || ranks) blockers.insert(other.daemon);
        }
        return blockers;
    }

    static bool names(const OrderedPod& pod, const OrderedPod& other) {
        return std::find(pod.after.begin(), pod.after.end(), other.daemon) != pod.after.end();
    }

    static bool ranks_above(const OrderedPod& other, const OrderedPod& pod) {
        return other.priority > pod.priority;
    }

    bool holds_up(const OrderedPod& other, Duration patience) {
        if (other.stage != Stage::Begun) return other.stage == Stage::Waiting;
        const auto until = other.begun + patience;
        if (until <= now_) return false;
        order_.wake_at = std::min(order_.wake_at.value_or(until), until);
        return true;
    }

    enum class Edges { Names, All };

    /// Whether `from` cannot start before `to`. A name gives way only in a circle of names, a
    /// priority in every circle: what is left has none.
    [[nodiscard]] bool depends(const OrderedPod& from, const OrderedPod& to, Edges edges) const {
        std::set<const OrderedPod*> seen{&from};
        std::vector<const OrderedPod*> open{&from};
        while (!open.empty()) {
            const auto* pod = open.back();
            open.pop_back();
            if (pod->stage != Stage::Waiting) continue;
            for (const auto& other : pods_) {
                const bool waits =
                    names(*pod, other) || (edges == Edges::All && ranks_above(other, *pod));
                if (!waits) continue;
                if (&other == &to) return true;
                if (seen.insert(&other).second) open.push_back(&other);
            }
        }
        return false;
    }

    const std::vector<OrderedPod>& pods_;
    TimePoint now_;
    StartOrder order_;
};

}  // namespace

StartOrder plan_start_order(const std::vector<OrderedPod>& pods, TimePoint now) {
    return OrderPlanner(pods, now).plan();
}

std::vector<std::string> parse_start_after(
    const std::string& text, const std::string& namespace_name) {
    std::vector<std::string> daemons;
    std::string name;
    const auto take = [&] {
        if (name.empty()) return;
        const bool qualified = name.find('/') != std::string::npos;
        daemons.push_back(qualified ? name : namespace_name + "/" + name);
        name.clear();
    };
    for (const char c : text) {
        if (c == ',' || c == ' ' || c == '\n' || c == '\t') {
            take();
        } else {
            name += c;
        }
    }
    take();
    return daemons;
}

std::int64_t priority_of_class(const std::string& name) {
    constexpr std::int64_t kSystemCritical = 2'000'000'000;
    if (name == "system-node-critical") return kSystemCritical + 1'000;
    return name == "system-cluster-critical" ? kSystemCritical : 0;
}

}  // namespace picket::nodeagent
