#include "common/daemonset/host_table.hpp"

#include <algorithm>
#include <utility>

namespace picket::daemonset {
namespace {

void put_in(std::set<std::string>& names, const std::string& name, bool in) {
    if (in) {
        names.insert(name);
    } else {
        names.erase(name);
    }
}

}  // namespace

HostTable::HostTable(std::shared_ptr<const DaemonSet> set, CurrentRevision revision)
    : set_(std::move(set)), revision_(std::move(revision)), rules_(set_->pod_template) {}

/// An annotation may turn the blame-aware rollout off without a new generation.
bool HostTable::serves(const DaemonSet& set, const CurrentRevision& revision) const {
    return set.meta.uid == set_->meta.uid && set.meta.generation == set_->meta.generation &&
           set.annotations == set_->annotations && revision.hash == revision_.hash &&
           revision.template_generation == revision_.template_generation;
}

void HostTable::refresh(const Look& look, TimePoint now) {
    touch_what_time_changed(now);
    looked_ = now;
    for (const auto& node : std::exchange(touched_, {})) look_at(node, look(node));
}

/// A clock that was set back takes availability away again.
void HostTable::touch_what_time_changed(TimePoint now) {
    if (now < looked_ && set_->min_ready_seconds > 0) {
        for (const auto& [node, share] : shares_) touched_.insert(node);
    }
    for (const auto& [when, node] : changes_) {
        if (when > now) break;
        touched_.insert(node);
    }
}

void HostTable::look_at(const std::string& node, const std::optional<NodeSituation>& situation) {
    if (!situation) {
        expect_change(node, std::nullopt);
        return replace(node, {});
    }
    expect_change(node, becomes_available(*situation, *set_, looked_));
    replace(node, share_of(*set_, revision_, *situation, looked_));
}

void HostTable::replace(const std::string& node, const HostShare& share) {
    const auto found = shares_.find(node);
    const auto before = found == shares_.end() ? HostShare{} : found->second;
    if (before == share) return;
    add_up(before, -1);
    file(node, before, false);
    add_up(share, 1);
    file(node, share, true);
    if (share == HostShare{}) {
        shares_.erase(found);
    } else {
        shares_[node] = share;
    }
}

void HostTable::add_up(const HostShare& share, int sign) {
    const auto add = [sign](std::int64_t& sum, bool one) { sum += one ? sign : 0; };
    add(counters_.desired_number_scheduled, share.desired);
    add(counters_.current_number_scheduled, share.scheduled);
    add(counters_.number_misscheduled, share.misscheduled);
    add(counters_.number_ready, share.ready);
    add(counters_.number_available, share.available);
    add(counters_.updated_number_scheduled, share.updated);
    if (share.acts) return;
    add(others_.desired, share.desired);
    add(others_.unavailable, share.unavailable);
    add(others_.surging, share.surging);
    add(others_.works, share.works);
    add(others_.proven, share.proven);
}

void HostTable::file(const std::string& node, const HostShare& share, bool in) {
    if (share.acts) put_in(acting_, node, in);
    if (share.fault == HostFault::None) return;
    put_in(faulty_[share.fault], node, in);
    if (faulty_[share.fault].empty()) faulty_.erase(share.fault);
}

void HostTable::expect_change(const std::string& node, std::optional<TimePoint> when) {
    if (const auto found = changes_at_.find(node); found != changes_at_.end()) {
        changes_.erase({found->second, node});
        changes_at_.erase(found);
    }
    if (!when) return;
    changes_.emplace(*when, node);
    changes_at_[node] = *when;
}

CountedStatus HostTable::status(const DaemonSet& set, TimePoint now) const {
    Faults faults;
    for (const auto& [fault, nodes] : faulty_) {
        auto& hosts = faults[fault];
        hosts.count = nodes.size();
        for (auto node = nodes.begin(); node != nodes.end() && hosts.named.size() < kNamedHosts;
             ++node)
            hosts.named.push_back(*node);
    }
    CountedStatus result{.status = finished_status(set, counters_, faults, now)};
    if (!changes_.empty()) result.next_available = changes_.begin()->first - now;
    return result;
}

}  // namespace picket::daemonset
