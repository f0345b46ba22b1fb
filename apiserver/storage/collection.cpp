#include "apiserver/storage/collection.hpp"

#include <iterator>

namespace picket::storage {

Collection::Collection(const std::vector<std::string>& indexed_fields, ByRow& by_row)
    : by_row_(by_row) {
    for (const auto& field : indexed_fields) indexes_.try_emplace(field);
}

Collection::Entry Collection::find(std::string_view namespace_name, std::string_view name) const {
    const auto found = slots_.find(Name{namespace_name, name});
    return found == slots_.end() ? Entry{} : found->entry;
}

Collection::Entry Collection::put(StoredPtr object, Revision row) {
    ++changes_;
    const auto found = slots_.find(Name{object->key.namespace_name, object->key.name});
    if (found == slots_.end()) {
        const auto& slot = *slots_.insert(Slot{{std::move(object), row}}).first;
        index(slot);
        if (row != 0) enter_row(slot);
        return {};
    }
    auto before = found->entry;
    replace(*found, {std::move(object), row != 0 ? row : before.row});
    if (row != 0) enter_row(*found);
    return before;
}

void Collection::copied(const StoredPtr& object, Revision row) {
    const auto found = slots_.find(Name{object->key.namespace_name, object->key.name});
    if (found == slots_.end() || found->entry.object != object) return;
    found->entry.row = row;
    enter_row(*found);
}

/// The set shows its elements as constant to keep its order, in which the row has no part.
void Collection::enter_row(const Slot& slot) {
    auto& placed = const_cast<Slot&>(slot);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    placed.hook.unlink();
    by_row_.push_back(placed);
}

Collection::Entry Collection::remove(const ObjectKey& key) {
    const auto found = slots_.find(Name{key.namespace_name, key.name});
    if (found == slots_.end()) return {};
    ++changes_;
    unindex(*found);
    auto before = std::move(slots_.extract(found).value().entry);
    return before;
}

void Collection::replace(const Slot& slot, Entry entry) {
    for (auto& [field, index] : indexes_) {
        const std::string before(slot.entry.object->attributes.field(field));
        const std::string after(entry.object->attributes.field(field));
        if (before == after) continue;
        leave(index, before, slot);
        if (!after.empty()) index[after].insert(&slot);
    }
    slot.entry = std::move(entry);
}

void Collection::index(const Slot& slot) {
    for (auto& [field, index] : indexes_) {
        const auto value = slot.entry.object->attributes.field(field);
        if (!value.empty()) index[std::string(value)].insert(&slot);
    }
}

void Collection::unindex(const Slot& slot) {
    for (auto& [field, index] : indexes_) {
        leave(index, std::string(slot.entry.object->attributes.field(field)), slot);
    }
}

void Collection::leave(FieldIndex& index, const std::string& value, const Slot& slot) {
    const auto bucket = index.find(value);
    if (bucket == index.end()) return;
    bucket->second.erase(&slot);
    if (bucket->second.empty()) index.erase(bucket);
}

const Collection::FieldIndex* Collection::index_for(const Filter& filter) const {
    // Objects without a value are in no bucket.
    if (!filter.field || filter.field->second.empty()) return nullptr;
    const auto index = indexes_.find(filter.field->first);
    return index == indexes_.end() ? nullptr : &index->second;
}

bool Collection::in_one_namespace(const Filter& filter) const {
    if (!filter.namespace_name.empty()) return true;
    return !slots_.empty() && slots_.begin()->entry.object->key.namespace_name.empty();
}

ListResult Collection::list(
    const Filter& filter, std::size_t limit, const std::optional<ObjectKey>& after) const {
    const auto* index = index_for(filter);
    if (!index) return collect(slots_, filter, limit, after);
    const auto bucket = index->find(filter.field->second);
    return bucket == index->end() ? ListResult{} : collect(bucket->second, filter, limit, after);
}

template <class Set>
ListResult Collection::collect(
    const Set& set,
    const Filter& filter,
    std::size_t limit,
    const std::optional<ObjectKey>& after) const {
    const bool one_namespace = in_one_namespace(filter);
    const auto first = one_namespace ? Name{filter.namespace_name, filter.name} : Name{};
    auto position = set.lower_bound(first);
    if (after && Name{after->namespace_name, after->name} >= first) {
        position = set.upper_bound(Name{after->namespace_name, after->name});
    }
    const auto past_the_last = [&](const ObjectKey& key) {
        if (!one_namespace) return false;
        return key.namespace_name != filter.namespace_name ||
               (!filter.name.empty() && key.name != filter.name);
    };
    ListResult result{};
    for (; position != set.end(); ++position) {
        const auto& object = slot_of(*position).entry.object;
        if (past_the_last(object->key)) break;
        if (!filter.matches(*object)) continue;
        if (limit == 0 || result.objects.size() < limit) {
            result.objects.push_back(object);
            continue;
        }
        result.more = true;
        if (filter.predicate) break;
        ++result.remaining;
    }
    return result;
}

}  // namespace picket::storage
