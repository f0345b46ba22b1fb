#include "common/schema/field_set.hpp"
#include "common/schema/granularity.hpp"

#include <nlohmann/json.hpp>

namespace picket::schema {
namespace {

std::string field_edge(std::string_view name) {
    return "f:" + std::string(name);
}

// ---- what a value sets

class Collector {
public:
    explicit Collector(bool containers) : containers_(containers) {}

    void value(const Place& place, const Json& value, FieldSet& set) const;
    void fields(const Type& type, const Json& object, FieldSet& set) const;

private:
    void keys(const Field& field, const Json& map, FieldSet& set) const;
    void elements(const Field& field, const Json& list, FieldSet& set) const;
    void values(const Field& field, const Json& list, FieldSet& set) const;

    bool containers_;
};

void Collector::fields(const Type& type, const Json& object, FieldSet& set) const {
    for (const auto& [name, member] : object.get_ref<const Json::object_t&>()) {
        const Field* field = type.find(name);
        if (field == nullptr || member.is_null()) continue;
        value({field, false}, member, set.children[field_edge(name)]);
    }
}

void Collector::keys(const Field& field, const Json& map, FieldSet& set) const {
    for (const auto& [name, member] : map.get_ref<const Json::object_t&>()) {
        value({&field, true}, member, set.children[field_edge(name)]);
    }
}

void Collector::elements(const Field& field, const Json& list, FieldSet& set) const {
    const auto edges = edges_of(field, Pieces::Elements, list);
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (edges[i].empty()) continue;
        auto& below = set.children[edges[i]];
        below.member = true;
        if (!field.type->atomic) fields(*field.type, list[i], below);
    }
}

void Collector::values(const Field& field, const Json& list, FieldSet& set) const {
    for (const auto& edge : edges_of(field, Pieces::Values, list)) {
        if (!edge.empty()) set.children[edge].member = true;
    }
}

void Collector::value(const Place& place, const Json& value, FieldSet& set) const {
    const auto pieces = pieces_of(place, value);
    if (pieces == Pieces::One || value.empty()) {
        set.member = true;
        return;
    }
    set.member = containers_ && pieces != Pieces::Fields;
    switch (pieces) {
        case Pieces::Fields:
            fields(*place.field->type, value, set);
            break;
        case Pieces::Keys:
            keys(*place.field, value, set);
            break;
        case Pieces::Elements:
            elements(*place.field, value, set);
            break;
        default:
            values(*place.field, value, set);
    }
    // Of an object with nothing but unknown fields, the object itself is what is set.
    if (set.children.empty()) set.member = true;
}

// ---- what differs between two values

struct Changes {
    FieldSet* set;
    FieldSet* removed;

    [[nodiscard]] Changes below(const std::string& edge) const {
        return {&set->children[edge], &removed->children[edge]};
    }
};

const Collector kEverything(true);

void compare_objects(const Type& type, const Json& before, const Json& after, Changes out);
void compare_values(const Place& place, const Json& before, const Json& after, Changes out);

void compare_members(
    const Place& place,
    const std::string& edge,
    const Json* before,
    const Json* after,
    const Changes& out) {
    if (before == nullptr && after == nullptr) return;
    const auto below = out.below(edge);
    if (before == nullptr) return kEverything.value(place, *after, *below.set);
    if (after == nullptr) return kEverything.value(place, *before, *below.removed);
    compare_values(place, *before, *after, below);
}

const Json* present(const Json& object, const std::string& name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

void compare_objects(const Type& type, const Json& before, const Json& after, Changes out) {
    for (const auto& field : type.fields) {
        compare_members(
            {&field, false},
            field_edge(field.name),
            present(before, field.name),
            present(after, field.name),
            out);
    }
}

void compare_maps(const Field& field, const Json& before, const Json& after, const Changes& out) {
    const Place element{&field, true};
    for (const auto& [name, member] : before.get_ref<const Json::object_t&>()) {
        compare_members(element, field_edge(name), &member, present(after, name), out);
    }
    for (const auto& [name, member] : after.get_ref<const Json::object_t&>()) {
        if (present(before, name) != nullptr) continue;
        compare_members(element, field_edge(name), nullptr, &member, out);
    }
}

using ByEdge = std::map<std::string, const Json*>;

ByEdge by_edge(const Field& field, Pieces pieces, const Json& list) {
    ByEdge elements;
    const auto edges = edges_of(field, pieces, list);
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (!edges[i].empty()) elements.emplace(edges[i], &list[i]);
    }
    return elements;
}

void take_element(const Field& field, Pieces pieces, const Json& element, FieldSet& set) {
    set.member = true;
    if (pieces == Pieces::Elements && !field.type->atomic)
        kEverything.fields(*field.type, element, set);
}

void compare_elements(const Type& type, const Json& before, const Json& after, const Changes& out) {
    if (!type.atomic) return compare_objects(type, before, after, out);
    if (before != after) out.set->member = true;
}

void compare_lists(
    const Field& field, Pieces pieces, const Json& before, const Json& after, const Changes& out) {
    const auto old_elements = by_edge(field, pieces, before);
    const auto new_elements = by_edge(field, pieces, after);
    for (const auto& [edge, element] : old_elements) {
        const auto below = out.below(edge);
        const auto still = new_elements.find(edge);
        if (still == new_elements.end()) {
            take_element(field, pieces, *element, *below.removed);
        } else if (pieces == Pieces::Elements) {
            compare_elements(*field.type, *element, *still->second, below);
        }
    }
    for (const auto& [edge, element] : new_elements) {
        if (old_elements.contains(edge)) continue;
        take_element(field, pieces, *element, *out.below(edge).set);
    }
}

void compare_values(const Place& place, const Json& before, const Json& after, Changes out) {
    if (same_value(place, before, after)) return;
    const auto pieces = pieces_of(place, after);
    if (pieces == Pieces::One || pieces != pieces_of(place, before)) {
        out.set->member = true;
        return;
    }
    switch (pieces) {
        case Pieces::Fields:
            return compare_objects(*place.field->type, before, after, out);
        case Pieces::Keys:
            return compare_maps(*place.field, before, after, out);
        default:
            return compare_lists(*place.field, pieces, before, after, out);
    }
}

/// Takes out the nodes that a comparison looked at and found nothing for.
void drop_nothing(FieldSet& set) {
    for (auto& [edge, below] : set.children) drop_nothing(below);
    std::erase_if(set.children, [](const auto& child) { return child.second.empty(); });
}

}  // namespace

FieldSet fields_of(const Type& type, const Json& document, bool containers) {
    FieldSet set;
    if (document.is_object()) Collector(containers).fields(type, document, set);
    return set;
}

FieldChanges compare_fields(const Type& type, const Json& before, const Json& after) {
    FieldChanges changes;
    compare_objects(type, before, after, {&changes.set, &changes.removed});
    drop_nothing(changes.set);
    drop_nothing(changes.removed);
    return changes;
}

}  // namespace picket::schema
