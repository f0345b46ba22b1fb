#include "apiserver/storage/history.hpp"

#include <algorithm>

namespace picket::storage {
namespace {

/// What only the history keeps in memory: the superseded state, and the last state of a removed
/// object.
std::size_t cost_of(const Event& event) {
    std::size_t cost = event.previous ? event.previous->bytes->size() : 0;
    if (event.type == Event::Type::Deleted) cost += event.object->bytes->size();
    return cost;
}

bool selected_alike(const StoredObject& left, const StoredObject& right) {
    return left.attributes.labels == right.attributes.labels &&
           left.attributes.fields == right.attributes.fields;
}

}  // namespace

void History::append(Event event) {
    ++events_;
    bytes_ += cost_of(event);
    auto& resource = resources_[event.object->key.resource];
    resource.durable.push_back(std::move(event));
}

void History::append_volatile(Event event) {
    auto& volatile_events = resources_[event.object->key.resource].volatile_events;
    // A filter cannot tell the two states apart, so leaving out the first loses no transition.
    const auto before =
        event.previous ? volatile_events.find(event.previous->revision) : volatile_events.end();
    if (before != volatile_events.end() && before->second.type == Event::Type::Modified &&
        selected_alike(*before->second.object, *event.object)) {
        event.previous = before->second.previous;
        volatile_events.erase(before);
    }
    const auto revision = event.revision;
    volatile_events.emplace_hint(volatile_events.end(), revision, std::move(event));
}

void History::trim() {
    const auto before = oldest_;
    while (events_ > limits_.events || bytes_ > limits_.bytes) drop_oldest();
    if (oldest_ != before) forget_volatile(oldest_);
}

std::deque<Event>& History::oldest_events() {
    // A handful of resources: a scan of their fronts costs less than keeping a second order.
    const auto front = [](const auto& entry) {
        const auto& events = entry.second.durable;
        return events.empty() ? ~Revision{0} : events.front().revision;
    };
    return std::ranges::min_element(resources_, {}, front)->second.durable;
}

void History::drop_oldest() {
    auto& events = oldest_events();
    oldest_ = events.front().revision;
    --events_;
    bytes_ -= cost_of(events.front());
    events.pop_front();
}

void History::forget_volatile(Revision up_to) {
    for (auto& [name, resource] : resources_) {
        resource.volatile_events.erase(
            resource.volatile_events.begin(), resource.volatile_events.upper_bound(up_to));
    }
}

void History::replay(
    const std::string& resource,
    Revision from,
    const std::function<void(const Event&)>& visit) const {
    const auto found = resources_.find(resource);
    if (found == resources_.end()) return;
    const auto& [durable, volatile_events] = found->second;
    auto next_volatile = volatile_events.upper_bound(from);
    auto next = std::ranges::upper_bound(
        durable, from, {}, [](const Event& event) { return event.revision; });
    while (next != durable.end() || next_volatile != volatile_events.end()) {
        const bool volatile_first =
            next == durable.end() ||
            (next_volatile != volatile_events.end() && next_volatile->first < next->revision);
        visit(volatile_first ? (next_volatile++)->second : *next++);
    }
}

}  // namespace picket::storage
