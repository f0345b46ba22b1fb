#include "common/client/event_log.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace picket::client {
namespace {

/// What makes two events similar; with the message, what makes them the same one.
std::string group_of(const RecordedEvent& event) {
    const auto& about = event.about;
    return fmt::format(
        "{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f",
        about.kind,
        about.namespace_name,
        about.name,
        about.uid,
        about.field_path,
        event.type,
        event.reason);
}

}  // namespace

std::optional<RecordedEvent> EventLog::record(RecordedEvent event) {
    const auto key = place(event);
    if (const auto known = events_.find(key); known != events_.end()) {
        ++known->second.count;
        known->second.last = event.last;
        known->second.message = std::move(event.message);
    } else {
        forget_old(event.last);
        events_.emplace(key, std::move(event));
    }
    enqueue(key);
    return waiting_.size() > max_waiting_ ? drop_oldest_waiting() : std::nullopt;
}

std::string EventLog::place(RecordedEvent& event) {
    const auto group = group_of(event);
    auto& similar = similar_[group];
    if (event.last - similar.last >= kRepeatWindow) similar.messages.clear();
    similar.last = event.last;
    const bool own =
        similar.messages.contains(event.message) || similar.messages.size() < kMostSimilar;
    if (own) {
        similar.messages.insert(event.message);
        return group + event.message;
    }
    event.message.insert(0, kCombined);
    return group + std::string(kCombined);
}

void EventLog::enqueue(const std::string& key) {
    auto& event = events_.at(key);
    if (!std::exchange(event.waiting, true)) waiting_.push_back(key);
}

std::optional<RecordedEvent> EventLog::drop_oldest_waiting() {
    const auto key = std::move(waiting_.front());
    waiting_.pop_front();
    auto dropped = events_.extract(key);
    return std::move(dropped.mapped());
}

/// Repeats long after are new events; and however many different ones there are, memory stays
/// bounded.
void EventLog::forget_old(TimePoint now) {
    if (events_.size() < kMaxRemembered && similar_.size() < kMaxRemembered) return;
    const auto old = now - kRepeatWindow;
    std::erase_if(similar_, [old](const auto& entry) { return entry.second.last < old; });
    if (similar_.size() >= kMaxRemembered) similar_.clear();
    std::erase_if(events_, [old](const auto& entry) {
        return !entry.second.waiting && entry.second.last < old;
    });
    if (events_.size() < kMaxRemembered) return;
    std::erase_if(events_, [](const auto& entry) { return !entry.second.waiting; });
}

std::optional<std::string> EventLog::next() const {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front();
}

void EventLog::sent(const std::string& key, std::uint64_t count) {
    const auto found = events_.find(key);
    if (found == events_.end()) return;
    std::erase(waiting_, key);
    found->second.posted = true;
    found->second.waiting = false;
    if (found->second.count > count) enqueue(key);
}

void EventLog::forget(const std::string& key) {
    std::erase(waiting_, key);
    events_.erase(key);
}

std::string event_namespace(const ObjectReference& about) {
    return about.namespace_name.empty() ? "default" : about.namespace_name;
}

Json event_object(
    const RecordedEvent& event, const std::string& component, const std::string& host) {
    Json involved = {
        {"apiVersion", event.about.api_version},
        {"kind", event.about.kind},
        {"name", event.about.name},
        {"uid", event.about.uid}};
    if (!event.about.namespace_name.empty()) involved["namespace"] = event.about.namespace_name;
    if (!event.about.field_path.empty()) involved["fieldPath"] = event.about.field_path;
    Json source = {{"component", component}};
    if (!host.empty()) source["host"] = host;
    return {
        {"apiVersion", "v1"},
        {"kind", "Event"},
        {"metadata", {{"name", event.name}, {"namespace", event_namespace(event.about)}}},
        {"involvedObject", std::move(involved)},
        {"source", std::move(source)},
        {"reportingComponent", component},
        {"reportingInstance", host},
        {"type", event.type},
        {"reason", event.reason},
        {"message", event.message},
        {"count", event.count},
        {"firstTimestamp", format_time(event.first)},
        {"lastTimestamp", format_time(event.last)}};
}

Json repeat_patch(const RecordedEvent& event) {
    return {
        {"count", event.count},
        {"lastTimestamp", format_time(event.last)},
        {"message", event.message}};
}

}  // namespace picket::client
