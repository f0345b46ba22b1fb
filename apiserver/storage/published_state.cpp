#include "apiserver/storage/published_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace picket::storage {
namespace {

/// Keys, attributes and index entries of one object.
constexpr std::size_t kObjectOverhead = 1'000;
/// Keys and attributes of one row of the file.
constexpr std::size_t kRowOverhead = 150;
/// The file may hold this much of dead rows, whatever is live: a small store need not be tidied.
constexpr std::size_t kSmallFile = 8U << 20U;
/// The least history that is kept if only its size counts.
constexpr std::size_t kLeastHistory = 4U << 20U;

std::size_t row_cost(const StoredPtr& object) {
    return object ? object->bytes->size() + kRowOverhead : 0;
}

Event event_of(const LogRow& row, const StoredPtr& previous) {
    const auto type = row.removed ? Event::Type::Deleted
                      : previous  ? Event::Type::Modified
                                  : Event::Type::Added;
    return {type, row.object, previous, row.object->revision};
}

Written::Change change_of(Event::Type type) {
    switch (type) {
        case Event::Type::Added:
            return Written::Change::Created;
        case Event::Type::Modified:
            return Written::Change::Updated;
        case Event::Type::Deleted:
            return Written::Change::Removed;
    }
    return Written::Change::None;
}

}  // namespace

PublishedState::PublishedState(
    boost::asio::any_io_executor executor, Options options, Revision oldest)
    : options_(std::move(options)),
      history_(options_.history, oldest),
      hub_(std::make_shared<WatchHub>(std::move(executor), options_.watcher_queue, oldest)) {}

Collection& PublishedState::collection(const std::string& resource) {
    return collections_.try_emplace(resource, options_.indexed_fields, by_row_).first->second;
}

Collection::Entry PublishedState::apply(const LogRow& row, bool durable) {
    auto& objects = collection(row.object->key.resource);
    const Revision place = durable ? row.place : 0;
    auto before = row.removed ? objects.remove(row.object->key) : objects.put(row.object, place);
    live_bytes_ -= cost_of(before.object);
    live_row_bytes_ -= row_cost(before.object);
    if (!row.removed) live_bytes_ += cost_of(row.object);
    if (!row.removed) live_row_bytes_ += row_cost(row.object);
    if (durable) space_.append(row.place, row_cost(row.object));
    return before;
}

std::size_t PublishedState::cost_of(const StoredPtr& object) {
    return object ? object->bytes->size() + kObjectOverhead : 0;
}

void PublishedState::restore(const LogRow& row) {
    const auto before = apply(row, true);
    if (row.copied() || row.object->revision <= history_.oldest()) return;
    history_.append(event_of(row, before.object ? before.object : row.previous));
    history_.trim();
}

void PublishedState::restored(Revision revision) {
    hub_->advance(revision);
}

Written PublishedState::publish(const LogRow& row, bool durable) {
    const auto before = apply(row, durable);
    auto event = event_of(row, before.object);
    const auto change = change_of(event.type);
    hub_->publish(event);
    if (durable) {
        history_.append(std::move(event));
    } else {
        history_.append_volatile(std::move(event));
    }
    return {row.object, change};
}

void PublishedState::copied(const LogRow& row) {
    space_.append(row.place, row_cost(row.object));
    collection(row.object->key.resource).copied(row.object, row.place);
}

std::size_t PublishedState::allowed_history() const {
    return std::min(options_.history.bytes, std::max(kLeastHistory, live_row_bytes_ / 8));
}

/// A third more than what is live, the history in it: with what pages leave unused, the file stays
/// below twice the live data.
std::size_t PublishedState::allowed_space() const {
    return live_row_bytes_ + std::max(kSmallFile, live_row_bytes_ / 3);
}

std::optional<Cut> PublishedState::trim() {
    history_.limit_bytes(allowed_history());
    history_.trim();
    auto needed = history_.oldest() + 1;
    if (!by_row_.empty()) needed = std::min(needed, by_row_.front().entry.row);
    const auto place = space_.cut(needed);
    if (place == 0) return std::nullopt;
    return Cut{place, history_.oldest()};
}

std::vector<StoredPtr> PublishedState::to_copy(
    std::size_t most, const std::function<bool(const ObjectKey&)>& busy) const {
    std::vector<StoredPtr> objects;
    if (space_.bytes() <= allowed_space()) return objects;
    for (const auto& slot : by_row_) {
        // What lies behind is history, which stays for itself.
        if (objects.size() >= most || slot.entry.row > history_.oldest()) break;
        if (busy(slot.entry.object->key)) break;
        objects.push_back(slot.entry.object);
    }
    return objects;
}

StoredPtr PublishedState::find(const ObjectKey& key) const {
    const auto objects = collections_.find(key.resource);
    if (objects == collections_.end()) return nullptr;
    return objects->second.find(key.namespace_name, key.name).object;
}

ListResult PublishedState::list(
    const std::string& resource,
    const Filter& filter,
    std::size_t limit,
    const std::optional<ObjectKey>& after) const {
    const auto objects = collections_.find(resource);
    auto result =
        objects == collections_.end() ? ListResult{} : objects->second.list(filter, limit, after);
    result.revision = revision();
    return result;
}

Result<std::unique_ptr<Watcher>> PublishedState::watch(
    const std::string& resource, Filter filter, Revision from) {
    if (from < history_.oldest() || from > revision()) {
        return Error{
            .reason = Reason::Expired,
            .message = fmt::format(
                "resource version {} cannot be watched from: kept are {} to {}",
                from,
                history_.oldest(),
                revision())};
    }
    return hub_->open(resource, std::move(filter), from, history_);
}

std::size_t PublishedState::count(const std::string& resource) const {
    const auto objects = collections_.find(resource);
    return objects == collections_.end() ? 0 : objects->second.size();
}

std::uint64_t PublishedState::changes(const std::string& resource) const {
    const auto objects = collections_.find(resource);
    return objects == collections_.end() ? 0 : objects->second.changes();
}

}  // namespace picket::storage
