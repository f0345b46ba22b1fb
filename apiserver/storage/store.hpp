#pragma once
#include "apiserver/storage/attributes.hpp"
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace picket::storage {

/// `resourceVersion`: one counter over all kinds; it only grows, also across restarts.
using Revision = std::uint64_t;
using Bytes = std::shared_ptr<const std::string>;

/// Where an object lives. `resource` is its qualified name, "daemonsets.apps" or "pods";
/// `namespace_name` is empty for cluster-scoped kinds.
struct ObjectKey {
    std::string resource;
    std::string namespace_name;
    std::string name;
    auto operator<=>(const ObjectKey&) const = default;
};

/// One version of one object, immutable and shared. `bytes` is its JSON in the stored version,
/// resourceVersion included: what reads, lists and watches send as it is.
struct StoredObject {
    ObjectKey key;
    Revision revision = 0;
    Bytes bytes;
    Attributes attributes;
};
using StoredPtr = std::shared_ptr<const StoredObject>;

/// What a mutation decided.
struct Keep {};  ///< nothing to write: the answer is the current object, its revision unchanged
struct Put {
    std::string bytes;  ///< complete JSON, with the revision the mutation was given
    Attributes attributes;
    /// Not written to disk: only seen and kept in memory until the next durable write or a restart.
    /// For heartbeats.
    bool volatile_write = false;
};
struct Remove {
    std::string
        bytes;  ///< the last state, with the revision of its removal: what DELETED events carry
};
using Outcome = std::variant<Keep, Put, Remove>;

/// Decides one write from the latest state (null: the object does not exist) and the revision it
/// would get. Runs on the loop thread, must not suspend, and runs once. Its error is handed to the
/// caller and nothing is written.
using Mutation = std::function<Result<Outcome>(const StoredPtr& current, Revision next)>;

struct Written {
    StoredPtr object;  ///< after the write; for Remove its last state; for Keep the current one
    enum class Change { None, Created, Updated, Removed } change = Change::None;
};

/// An event as stored. Whether a watcher sees it as ADDED, MODIFIED or DELETED depends on its
/// filter: an object that starts to match is ADDED, one that stops is DELETED.
struct Event {
    enum class Type { Added, Modified, Deleted };
    Type type;
    StoredPtr object;    ///< new state; for Deleted the last state with the revision of the removal
    StoredPtr previous;  ///< null for Added
    Revision revision;
};

/// What a watch or list is restricted to. The exact-match members are indexed, so that a write
/// costs only the watchers it concerns; `predicate` (may be empty) is asked for the rest.
struct Filter {
    std::string namespace_name;  ///< empty: all
    std::string name;            ///< empty: all
    std::optional<std::pair<std::string, std::string>>
        field;  ///< for example {"spec.nodeName", "n1"}
    std::function<bool(const StoredObject&)> predicate;
    [[nodiscard]] bool matches(const StoredObject& object) const;
};

struct WatchEvent {
    Event::Type type;
    StoredPtr object;
    Revision revision;
};

/// One watch. Loop thread only; destroying it ends it.
class Watcher {
public:
    virtual ~Watcher() = default;
    /// Waits for the next events, in revision order, none missing. Expired: the watcher fell so far
    /// behind that its queue was dropped (a client that does not read), or the store closed.
    virtual Awaitable<Result<std::vector<WatchEvent>>> next() = 0;
    /// As next(), but without events when `timeout` passes first.
    virtual Awaitable<Result<std::vector<WatchEvent>>> next_for(
        std::chrono::steady_clock::duration timeout) = 0;
    /// Everything up to here has been handed out: what a bookmark may say.
    [[nodiscard]] virtual Revision progress() const = 0;
};

struct ListResult {
    std::vector<StoredPtr> objects;  ///< ordered by namespace, then name
    Revision revision;               ///< of the whole store: where a watch goes on
    bool more = false;
    std::size_t remaining = 0;
};

/// One write of several that are asked for together.
struct WriteOrder {
    ObjectKey key;
    Mutation mutation;
};

/// The one source of truth. Reads come from memory and see only what is durable. Writes are decided
/// in order on the loop thread, committed in groups by one writer thread (one transaction for all
/// that wait), then published to watchers and answered. Throws only when the process can no longer
/// be trusted (corrupt row).
class Store {
public:
    virtual ~Store() = default;

    /// Null if absent.
    [[nodiscard]] virtual StoredPtr get(const ObjectKey& key) const = 0;
    /// `after`: only keys greater than this (the continue token); `limit` 0: all.
    [[nodiscard]] virtual ListResult list(
        const std::string& resource,
        const Filter& filter,
        std::size_t limit,
        const std::optional<ObjectKey>& after) const = 0;
    /// One object, one write. If a write to the same key is in flight, `mutation` runs after it, on
    /// its outcome. ServiceUnavailable when the disk refuses (full, I/O error) or the queue of
    /// waiting writes is full.
    virtual Awaitable<Result<Written>> write(ObjectKey key, Mutation mutation) = 0;
    /// Each as by write(), the answers in the same order: not all or nothing, but all under way at
    /// the same time, so that they share the disk's work.
    virtual Awaitable<std::vector<Result<Written>>> write_all(std::vector<WriteOrder> orders) = 0;
    /// Events after `from`. Expired if they are no longer kept, or `from` is in the future of this
    /// store.
    virtual Result<std::unique_ptr<Watcher>> watch(
        const std::string& resource, Filter filter, Revision from) = 0;
    /// The newest published revision.
    [[nodiscard]] virtual Revision revision() const = 0;
    /// The oldest revision from which a watch can start.
    [[nodiscard]] virtual Revision oldest_watchable() const = 0;
    /// Number of live objects of one resource.
    [[nodiscard]] virtual std::size_t count(const std::string& resource) const = 0;
    /// Grows with every published change of the resource: what is derived from all of its objects
    /// is still right while this is the same.
    [[nodiscard]] virtual std::uint64_t changes(const std::string& resource) const = 0;
};

}  // namespace picket::storage
