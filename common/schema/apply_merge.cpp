#include "common/schema/apply_merge.hpp"

#include "common/api/status.hpp"
#include "common/schema/granularity.hpp"
#include "common/schema/path.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace picket::schema {
namespace {

using Edges = std::vector<std::string>;
using Merging = std::optional<Error>;  ///< nothing: merged

Merging merge_fields(const Type& type, Json& target, const Json& config, const Path& path);

/// Each element of an applied list must be one of its own.
Merging check_edges(const Field& field, const Json& list, const Edges& edges, const Path& path) {
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (!edges[i].empty()) continue;
        const bool keyed = field.merge == ListMerge::Set || !element_edge(field, list[i]).empty();
        return bad_request(fmt::format(
            "{}: {}",
            path.index(i).text(),
            keyed ? "another element of the list has the same key"
                  : fmt::format(
                        "the element omits the key field \"{}\" of its list",
                        field.list_keys.front())));
    }
    return std::nullopt;
}

std::optional<std::size_t> position_of(const Edges& edges, const std::string& edge) {
    const auto found = std::find(edges.begin(), edges.end(), edge);
    if (found == edges.end()) return std::nullopt;
    return static_cast<std::size_t>(found - edges.begin());
}

/// Moves the elements that only the old list has, up to `end`, to the new one.
void take_older(
    Json& result,
    Json& old,
    const Edges& old_edges,
    const Edges& wanted,
    std::size_t& at,
    std::size_t end) {
    for (; at < end; ++at) {
        if (old_edges[at].empty() || !position_of(wanted, old_edges[at])) {
            result.push_back(std::move(old[at]));
        }
    }
}

/// The place in the old list of the next wanted element that is in both; its end if none is.
std::size_t next_shared(const Edges& old_edges, const Edges& wanted, std::size_t from) {
    for (; from < wanted.size(); ++from) {
        if (const auto place = position_of(old_edges, wanted[from])) return *place;
    }
    return old_edges.size();
}

Merging merge_list(
    const Field& field, Pieces pieces, Json& target, const Json& config, const Path& path) {
    const auto wanted = edges_of(field, pieces, config);
    if (auto broken = check_edges(field, config, wanted, path)) return broken;
    auto old = target.is_array() ? std::move(target) : Json::array();
    const auto old_edges = edges_of(field, pieces, old);
    Json result = Json::array();
    std::size_t at = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto place = position_of(old_edges, wanted[i]);
        take_older(result, old, old_edges, wanted, at, next_shared(old_edges, wanted, i));
        if (pieces == Pieces::Values || field.type->atomic) {
            result.push_back(config[i]);
            continue;
        }
        auto& merged = result.emplace_back(place ? std::move(old[*place]) : Json::object());
        if (auto broken = merge_fields(*field.type, merged, config[i], path.index(i))) {
            return broken;
        }
    }
    take_older(result, old, old_edges, wanted, at, old_edges.size());
    target = std::move(result);
    return std::nullopt;
}

Merging merge_value(const Place& place, Json& target, const Json& config, const Path& path) {
    const auto pieces = pieces_of(place, config);
    switch (pieces) {
        case Pieces::One:
            if (!same_value(place, target, config)) target = config;
            return std::nullopt;
        case Pieces::Fields:
            if (!target.is_object()) target = Json::object();
            return merge_fields(*place.field->type, target, config, path);
        case Pieces::Keys:
            if (!target.is_object()) target = Json::object();
            for (const auto& [name, member] : config.get_ref<const Json::object_t&>()) {
                const Place element{place.field, true};
                if (auto broken = merge_value(element, target[name], member, path.key(name))) {
                    return broken;
                }
            }
            return std::nullopt;
        default:
            return merge_list(*place.field, pieces, target, config, path);
    }
}

Merging merge_fields(const Type& type, Json& target, const Json& config, const Path& path) {
    for (const auto& [name, member] : config.get_ref<const Json::object_t&>()) {
        const Field* field = type.find(name);
        if (field == nullptr) {
            target[name] = member;  // the check of the result reports it
        } else if (
            auto broken = merge_value({field, false}, target[name], member, path.field(name))) {
            return broken;
        }
    }
    return std::nullopt;
}

// ---- removal

void remove_below(const Place& place, Json& value, const FieldSet& given_up, const FieldSet& kept);

const FieldSet& below(const FieldSet& set, const std::string& edge) {
    static const FieldSet nothing;
    const auto* found = set.find(edge);
    return found == nullptr ? nothing : *found;
}

/// True if the value at this place goes; otherwise it has lost what was given up below.
bool goes(const Place& place, Json& value, const FieldSet& given_up, const FieldSet& kept) {
    if (given_up.member && kept.empty()) return true;
    const bool had_something = !value.empty();
    if (!given_up.children.empty()) remove_below(place, value, given_up, kept);
    return had_something && value.is_structured() && value.empty() && kept.empty();
}

void remove_members(
    const Type* type,
    const Field* map,
    Json& object,
    const FieldSet& given_up,
    const FieldSet& kept) {
    for (const auto& [edge, leaving] : given_up.children) {
        if (!edge.starts_with("f:")) continue;
        const auto name = edge.substr(2);
        const auto member = object.find(name);
        const Place place = map != nullptr ? Place{map, true} : Place{type->find(name), false};
        if (member == object.end() || place.field == nullptr) continue;
        if (goes(place, *member, leaving, below(kept, edge))) object.erase(member);
    }
}

/// An element that stays keeps its keys, whoever set them.
FieldSet without_keys(const Field& field, FieldSet given_up) {
    given_up.member = false;
    for (const auto& key : field.list_keys) given_up.children.erase("f:" + key);
    return given_up;
}

void remove_elements(
    const Field& field, Pieces pieces, Json& list, const FieldSet& given_up, const FieldSet& kept) {
    const auto edges = edges_of(field, pieces, list);
    Json rest = Json::array();
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto* leaving = edges[i].empty() ? nullptr : given_up.find(edges[i]);
        if (leaving != nullptr) {
            const auto& staying = below(kept, edges[i]);
            if (leaving->member && staying.empty()) continue;
            if (pieces == Pieces::Elements) {
                remove_members(
                    field.type, nullptr, list[i], without_keys(field, *leaving), staying);
            }
        }
        rest.push_back(std::move(list[i]));
    }
    list = std::move(rest);
}

void remove_below(const Place& place, Json& value, const FieldSet& given_up, const FieldSet& kept) {
    const auto pieces = pieces_of(place, value);
    switch (pieces) {
        case Pieces::One:
            return;
        case Pieces::Fields:
            return remove_members(place.field->type, nullptr, value, given_up, kept);
        case Pieces::Keys:
            return remove_members(nullptr, place.field, value, given_up, kept);
        default:
            return remove_elements(*place.field, pieces, value, given_up, kept);
    }
}

}  // namespace

Result<Json> apply_merge(const Type& type, Json document, const Json& config) {
    if (auto broken = merge_fields(type, document, config, Path(""))) return std::move(*broken);
    return document;
}

void remove_fields(
    const Type& type, Json& document, const FieldSet& given_up, const FieldSet& kept) {
    remove_members(&type, nullptr, document, given_up, kept);
}

}  // namespace picket::schema
