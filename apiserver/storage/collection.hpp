#pragma once
#include "apiserver/storage/store.hpp"

#include <boost/intrusive/list.hpp>

#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

namespace picket::storage {

/// The live objects of one resource, ordered by namespace and name, and the indexes over them.
class Collection {
public:
    /// A live object and the row of the file it is in. They differ after a volatile write, whose
    /// object is in no row; 0: the object has never been written durably.
    struct Entry {
        StoredPtr object;
        Revision row = 0;
    };

    /// The key is read out of the object, so that no name is kept twice; an object is replaced only
    /// by one of the same key, which keeps the order.
    struct Slot {
        using Hook = boost::intrusive::list_member_hook<
            boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
        mutable Entry entry;
        Hook hook = {};
    };
    /// The objects of all collections that are in a row, in the order of their rows.
    using ByRow = boost::intrusive::list<
        Slot,
        boost::intrusive::member_hook<Slot, Slot::Hook, &Slot::hook>,
        boost::intrusive::constant_time_size<false>>;

    /// Values of these fields are indexed: listing by one of them costs only what it finds.
    /// `by_row` must outlive the collection.
    Collection(const std::vector<std::string>& indexed_fields, ByRow& by_row);

    /// Empty if absent.
    [[nodiscard]] Entry find(std::string_view namespace_name, std::string_view name) const;
    /// Inserts or replaces; returns what was there. `row` is the newest of all rows; 0: the object
    /// is volatile, and in the row that it was in.
    Entry put(StoredPtr object, Revision row);
    /// The object, if it is still this one, lies in another row now, the newest of all.
    void copied(const StoredPtr& object, Revision row);
    Entry remove(const ObjectKey& key);
    /// `revision` of the result is left 0. Beyond the limit everything is counted for `remaining`
    /// only where that is cheap: without a predicate; with one it stays 0.
    [[nodiscard]] ListResult list(
        const Filter& filter, std::size_t limit, const std::optional<ObjectKey>& after) const;
    [[nodiscard]] std::size_t size() const { return slots_.size(); }
    /// Grows with every put and remove.
    [[nodiscard]] std::uint64_t changes() const { return changes_; }

private:
    struct Name {
        std::string_view namespace_name;
        std::string_view name;
        auto operator<=>(const Name&) const = default;
    };
    struct ByName {
        using is_transparent = void;
        static Name name_of(const Name& name) { return name; }
        static Name name_of(const Slot& slot) { return name_of(&slot); }
        static Name name_of(const Slot* slot) {
            const auto& key = slot->entry.object->key;
            return {key.namespace_name, key.name};
        }
        template <class Left, class Right>
        bool operator()(const Left& left, const Right& right) const {
            return name_of(left) < name_of(right);
        }
    };
    using Slots = std::set<Slot, ByName>;
    using Bucket = std::set<const Slot*, ByName>;  // slots of a std::set stay where they are
    using FieldIndex = std::unordered_map<std::string, Bucket>;

    static const Slot& slot_of(const Slot& slot) { return slot; }
    static const Slot& slot_of(const Slot&&) = delete;
    static const Slot& slot_of(const Slot* slot) { return *slot; }
    template <class Set>
    ListResult collect(
        const Set& set,
        const Filter& filter,
        std::size_t limit,
        const std::optional<ObjectKey>& after) const;
    [[nodiscard]] const FieldIndex* index_for(const Filter& filter) const;
    /// True if everything that can match lies in one namespace, so one run of the order holds it.
    [[nodiscard]] bool in_one_namespace(const Filter& filter) const;
    void index(const Slot& slot);
    void unindex(const Slot& slot);
    static void leave(FieldIndex& index, const std::string& value, const Slot& slot);
    void replace(const Slot& slot, Entry entry);
    void enter_row(const Slot& slot);

    ByRow& by_row_;
    std::uint64_t changes_ = 0;
    Slots slots_;
    std::map<std::string, FieldIndex, std::less<>> indexes_;
};

}  // namespace picket::storage
