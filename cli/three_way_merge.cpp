#include "cli/three_way_merge.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace picket::cli {
namespace {

using schema::Field;

const Json kNothing = nullptr;

const Json& member(const Json& object, const std::string& name) {
    if (!object.is_object()) return kNothing;
    const auto found = object.find(name);
    return found == object.end() ? kNothing : *found;
}

const Json& elements(const Json& list) {
    static const Json empty = Json::array();
    return list.is_array() ? list : empty;
}

bool contains(const Json& list, const Json& element) {
    return std::ranges::find(elements(list), element) != elements(list).end();
}

/// The merge key of a list's elements, read in one place.
class KeyedList {
public:
    KeyedList(const Json& list, std::string key) : list_(elements(list)), key_(std::move(key)) {}

    [[nodiscard]] const Json& find(const Json& key_value) const {
        const auto found = std::ranges::find_if(
            list_, [&](const Json& e) { return member(e, key_) == key_value; });
        return found == list_.end() ? kNothing : *found;
    }
    [[nodiscard]] Json key_of(const Json& element) const { return member(element, key_); }
    [[nodiscard]] std::vector<Json> keys() const {
        std::vector<Json> found;
        for (const Json& element : list_) found.push_back(key_of(element));
        return found;
    }
    /// Every element has a key of its own: only then can elements be matched by it.
    [[nodiscard]] bool is_keyed() const {
        const auto found = keys();
        const std::set<Json> distinct(found.begin(), found.end());
        return distinct.size() == found.size() && !distinct.contains(kNothing);
    }

private:
    const Json& list_;
    std::string key_;
};

Json patch_object(const schema::Type* type, const Json& last, const Json& wanted, const Json& live);

/// True if the elements both sides have stand in another order.
bool order_differs(const std::vector<Json>& wanted, const std::vector<Json>& live) {
    std::vector<Json> common;
    std::ranges::copy_if(live, std::back_inserter(common), [&](const Json& k) {
        return std::ranges::find(wanted, k) != wanted.end();
    });
    std::vector<Json> expected;
    std::ranges::copy_if(wanted, std::back_inserter(expected), [&](const Json& k) {
        return std::ranges::find(live, k) != live.end();
    });
    return common != expected;
}

Json element_order(const std::string& key, const std::vector<Json>& keys) {
    Json order = Json::array();
    for (const Json& value : keys) order.push_back({{key, value}});
    return order;
}

void add_retain_keys(Json& element_patch, const Json& wanted) {
    Json keys = Json::array();
    for (const auto& [name, value] : wanted.items()) keys.push_back(name);
    element_patch["$retainKeys"] = std::move(keys);
}

/// A union (retainKeys) may hold only what is wanted: the old member of the union must go.
bool has_foreign_keys(const Json& wanted, const Json& live) {
    return std::ranges::any_of(
        live.items(), [&](const auto& item) { return !wanted.contains(item.key()); });
}

Json patch_element(const Field& field, const Json& last, const Json& wanted, const Json& live) {
    Json patch = patch_object(field.type, last, wanted, live);
    if (!field.retain_keys || (patch.empty() && !has_foreign_keys(wanted, live))) return patch;
    add_retain_keys(patch, wanted);
    return patch;
}

void patch_keyed_list(
    Json& patch, const Field& field, const Json& last, const Json& wanted, const Json& live) {
    const std::string& key = field.merge_keys.front();
    const KeyedList last_list(last, key);
    const KeyedList wanted_list(wanted, key);
    const KeyedList live_list(live, key);
    Json changes = Json::array();
    for (const Json& element : wanted) {
        const Json key_value = wanted_list.key_of(element);
        const Json& live_element = live_list.find(key_value);
        Json change = live_element.is_null()
                          ? element
                          : patch_element(field, last_list.find(key_value), element, live_element);
        if (change.empty()) continue;
        change[key] = key_value;
        changes.push_back(std::move(change));
    }
    for (const Json& key_value : last_list.keys()) {
        if (!wanted_list.find(key_value).is_null() || live_list.find(key_value).is_null()) continue;
        changes.push_back({{"$patch", "delete"}, {key, key_value}});
    }
    if (changes.empty() && !order_differs(wanted_list.keys(), live_list.keys())) return;
    patch["$setElementOrder/" + field.name] = element_order(key, wanted_list.keys());
    if (!changes.empty()) patch[field.name] = std::move(changes);
}

void patch_set(
    Json& patch, const Field& field, const Json& last, const Json& wanted, const Json& live) {
    Json added = Json::array();
    Json removed = Json::array();
    for (const Json& element : wanted) {
        if (!contains(live, element)) added.push_back(element);
    }
    for (const Json& element : elements(last)) {
        if (!contains(wanted, element) && contains(live, element)) removed.push_back(element);
    }
    if (!added.empty() || !removed.empty()) patch["$setElementOrder/" + field.name] = wanted;
    if (!added.empty()) patch[field.name] = std::move(added);
    if (!removed.empty()) patch["$deleteFromPrimitiveList/" + field.name] = std::move(removed);
}

/// Element by element: true if `live` already says everything that `wanted` says. The server's
/// defaults are no difference.
bool list_is_satisfied(const Field& field, const Json& wanted, const Json& live) {
    if (!live.is_array() || wanted.size() != live.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool both_objects = wanted[i].is_object() && live[i].is_object();
        if (both_objects ? !patch_object(field.type, kNothing, wanted[i], live[i]).empty()
                         : wanted[i] != live[i])
            return false;
    }
    return true;
}

/// Elements that cannot be told apart by their key (the same port for TCP and UDP) are replaced
/// together.
void replace_keyed_list(Json& patch, const Field& field, const Json& wanted, const Json& live) {
    if (list_is_satisfied(field, wanted, live)) return;
    Json replacement = wanted;
    replacement.push_back({{"$patch", "replace"}});
    patch[field.name] = std::move(replacement);
}

void patch_list(
    Json& patch, const Field& field, const Json& last, const Json& wanted, const Json& live) {
    if (field.merge == schema::ListMerge::Set) return patch_set(patch, field, last, wanted, live);
    if (field.merge == schema::ListMerge::ByKey && !field.merge_keys.empty()) {
        const std::string& key = field.merge_keys.front();
        if (KeyedList(wanted, key).is_keyed() && KeyedList(live, key).is_keyed())
            return patch_keyed_list(patch, field, last, wanted, live);
        return replace_keyed_list(patch, field, wanted, live);
    }
    if (!list_is_satisfied(field, wanted, live)) patch[field.name] = wanted;
}

void patch_member(
    Json& patch, const Field& field, const Json& last, const Json& wanted, const Json& live) {
    if (live.is_null() || wanted.type() != live.type()) {
        // 1 and 1.0 are one number, whatever the parser made of them.
        if (wanted != live) patch[field.name] = wanted;
    } else if (wanted.is_object()) {
        Json inner = patch_object(field.type, last, wanted, live);
        if (!inner.empty()) patch[field.name] = std::move(inner);
    } else if (wanted.is_array()) {
        patch_list(patch, field, last, wanted, live);
    } else if (wanted != live) {
        patch[field.name] = wanted;
    }
}

/// The schema's field, or a stand-in for what it does not know (map entries, unknown fields): lists
/// are replaced there.
Field field_of(const schema::Type* type, const std::string& name) {
    if (type != nullptr) {
        if (const Field* known = type->find(name)) return *known;
    }
    Field unknown;
    unknown.name = name;
    return unknown;
}

Json patch_object(
    const schema::Type* type, const Json& last, const Json& wanted, const Json& live) {
    Json patch = Json::object();
    for (const auto& [name, value] : wanted.items()) {
        patch_member(patch, field_of(type, name), member(last, name), value, member(live, name));
    }
    if (!last.is_object()) return patch;
    for (const auto& [name, value] : last.items()) {
        if (!value.is_null() && !wanted.contains(name) && live.contains(name))
            patch[name] = nullptr;
    }
    return patch;
}

Json without_nulls(Json value) {
    if (value.is_object()) {
        for (auto it = value.begin(); it != value.end();)
            it = it->is_null() ? value.erase(it) : std::next(it);
    }
    if (value.is_structured()) {
        for (Json& child : value) child = without_nulls(std::move(child));
    }
    return value;
}

}  // namespace

Json three_way_patch(
    const schema::Type* type, const Json& last_applied, const Json& wanted, const Json& live) {
    return patch_object(type, without_nulls(last_applied), without_nulls(wanted), live);
}

}  // namespace picket::cli
