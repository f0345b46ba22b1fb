#include "apiserver/storage/watch_hub.hpp"

#include "apiserver/storage/queued_watcher.hpp"

#include <algorithm>

namespace picket::storage {

WatchHub::WatchHub(
    boost::asio::any_io_executor executor, std::size_t queue_limit, Revision revision)
    : executor_(std::move(executor)), queue_limit_(queue_limit), revision_(revision) {}

WatchHub::~WatchHub() = default;

std::unique_ptr<Watcher> WatchHub::open(
    const std::string& resource, Filter filter, Revision from, const History& history) {
    auto watcher = std::make_unique<QueuedWatcher>(
        shared_from_this(), executor_, resource, std::move(filter), from);
    history.replay(resource, from, [&](const Event& event) { watcher->replay(event); });
    watcher->queue_limit_ = queue_limit_ + watcher->queue_.size();
    return watcher;
}

void WatchHub::publish(const Event& event) {
    revision_ = event.revision;
    const auto found = resources_.find(event.object->key.resource);
    if (found == resources_.end()) return;
    const auto& watchers = found->second;
    offer(watchers.unrestricted, event);
    offer(watchers.by_name, event.object->key.name, event);
    offer(watchers.by_namespace, event.object->key.namespace_name, event);
    for (const auto& [path, buckets] : watchers.by_field) {
        const auto now = event.object->attributes.field(path);
        offer(buckets, now, event);
        if (!event.previous) continue;
        const auto before = event.previous->attributes.field(path);
        if (before != now) offer(buckets, before, event);
    }
}

void WatchHub::offer(const Buckets& buckets, std::string_view value, const Event& event) {
    const auto bucket = buckets.find(value);
    if (bucket != buckets.end()) offer(bucket->second, event);
}

void WatchHub::offer(const Bucket& bucket, const Event& event) {
    for (auto* watcher : bucket) watcher->offer(event);
}

void WatchHub::end_all() {
    static constexpr auto kWhy = "the store closed";
    const auto end_bucket = [](const Bucket& bucket) {
        for (auto* watcher : bucket) watcher->end(kWhy);
    };
    const auto end_buckets = [&](const Buckets& buckets) {
        for (const auto& [value, bucket] : buckets) end_bucket(bucket);
    };
    for (const auto& [resource, watchers] : resources_) {
        end_bucket(watchers.unrestricted);
        end_buckets(watchers.by_name);
        end_buckets(watchers.by_namespace);
        for (const auto& [path, buckets] : watchers.by_field) end_buckets(buckets);
    }
}

WatchHub::Bucket& WatchHub::bucket_of(ResourceWatchers& watchers, const Filter& filter) {
    if (filter.field) return watchers.by_field[filter.field->first][filter.field->second];
    if (!filter.name.empty()) return watchers.by_name[filter.name];
    if (!filter.namespace_name.empty()) return watchers.by_namespace[filter.namespace_name];
    return watchers.unrestricted;
}

void WatchHub::forget_if_empty(ResourceWatchers& watchers, const Filter& filter) {
    if (!bucket_of(watchers, filter).empty()) return;
    if (filter.field) {
        auto& buckets = watchers.by_field[filter.field->first];
        buckets.erase(filter.field->second);
        if (buckets.empty()) watchers.by_field.erase(filter.field->first);
    } else if (!filter.name.empty()) {
        watchers.by_name.erase(filter.name);
    } else if (!filter.namespace_name.empty()) {
        watchers.by_namespace.erase(filter.namespace_name);
    }
}

void WatchHub::enter(QueuedWatcher& watcher) {
    auto& bucket = bucket_of(resources_[watcher.resource_], watcher.filter_);
    watcher.position_ = bucket.size();
    bucket.push_back(&watcher);
}

void WatchHub::leave(QueuedWatcher& watcher) {
    auto& watchers = resources_[watcher.resource_];
    auto& bucket = bucket_of(watchers, watcher.filter_);
    bucket.back()->position_ = watcher.position_;
    std::swap(bucket[watcher.position_], bucket.back());
    bucket.pop_back();
    forget_if_empty(watchers, watcher.filter_);
}

}  // namespace picket::storage
