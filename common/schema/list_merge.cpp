#include "common/schema/list_order.hpp"
#include "common/schema/merge_steps.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::schema {
namespace {

std::string merge_key(const Field* field) {
    const bool by_key = field != nullptr && field->merge == ListMerge::ByKey;
    return by_key ? field->merge_keys.front() : std::string();
}

Error lacks_key(const Json& element, const std::string& key) {
    return malformed_patch(fmt::format(
        "list element {} does not contain declared merge key: {}", element.dump(), key));
}

bool has_key(const Json& element, const std::string& key) {
    if (!element.is_object()) return false;
    const auto found = element.find(key);
    return found != element.end() && !found->is_null();
}

/// Every element must have the key by which the list is merged.
Result<void> require_key(const Json& list, const std::string& key) {
    if (key.empty()) return Ok();
    for (const auto& element : list) {
        if (!has_key(element, key)) return lacks_key(element, key);
    }
    return Ok();
}

bool has_directive(const Json& element) {
    return element.is_object() && element.contains(kPatchDirective);
}

void union_into(Json& target, const Json& patch) {
    Positions known = positions(target, {});
    for (const auto& element : patch) {
        if (known.emplace(element, target.size()).second) target.push_back(element);
    }
}

/// What the elements with a $patch of their own ask for, and the elements without.
struct KeyedPatch {
    bool replace = false;
    Json unwanted = Json::array();  ///< values of the merge key
    Json elements = Json::array();
};

Result<void> take_directive(KeyedPatch& out, const Json& element, const std::string& key) {
    const Json& directive = element.at(kPatchDirective);
    if (directive == "replace") {
        out.replace = true;
    } else if (directive != "delete") {
        return malformed_patch(
            fmt::format("a list element cannot have $patch {}", directive.dump()));
    } else if (!has_key(element, key)) {
        return lacks_key(element, key);
    } else {
        out.unwanted.push_back(element.at(key));
    }
    return Ok();
}

Result<KeyedPatch> split_directives(const Json& patch, const std::string& key) {
    KeyedPatch out;
    for (const auto& element : patch) {
        if (!element.is_object()) return lacks_key(element, key);
        if (!has_directive(element)) {
            out.elements.push_back(element);
        } else if (const auto taken = take_directive(out, element, key); !taken) {
            return taken.error();
        }
    }
    return out;
}

void delete_by_key(Json& target, const Json& unwanted, const std::string& key) {
    const Positions gone = positions(unwanted, {});
    if (gone.empty()) return;
    auto& elements = target.get_ref<Json::array_t&>();
    std::erase_if(elements, [&](const Json& element) { return gone.contains(element.at(key)); });
}

/// Merges each element into the first one with the same key, or adds it.
Result<void> merge_elements(
    const Type* type, Json& target, const Json& elements, const std::string& key) {
    Positions known = positions(target, key);
    for (const auto& element : elements) {
        const auto [found, added] = known.emplace(element.at(key), target.size());
        if (!added) {
            auto merged = merge_object(type, target[found->second], element);
            if (!merged) return merged;
            continue;
        }
        Json fresh = element;
        if (strip_directives(fresh)) target.push_back(std::move(fresh));
    }
    return Ok();
}

Result<void> merge_by_key(const Field& field, Json& target, const Json& patch) {
    const std::string& key = field.merge_keys.front();
    if (auto complete = require_key(target, key); !complete) return complete;
    auto split = split_directives(patch, key);
    if (!split) return split.error();
    if (auto complete = require_key(split->elements, key); !complete) return complete;
    if (split->replace) {
        target = std::move(split->elements);
        // The list stays one, even if nothing is left of it.
        static_cast<void>(strip_directives(target));
        return Ok();
    }
    delete_by_key(target, split->unwanted, key);
    const Json before = target;
    auto merged = merge_elements(field.type, target, split->elements, key);
    if (!merged) return merged;
    target = in_order(target, split->elements, before, key);
    return Ok();
}

/// The elements of the patch list must appear in the order list, in the same order.
Result<void> check_order(const Json& patch, const Json& order, const std::string& key) {
    if (order.empty()) return Ok();
    auto place = order.begin();
    for (const auto& element : patch) {
        if (has_directive(element)) continue;
        if (!key.empty() && !has_key(element, key)) return lacks_key(element, key);
        place = std::find_if(place, order.end(), [&](const Json& ordered) {
            return identity(ordered, key) == identity(element, key);
        });
        if (place == order.end()) {
            return malformed_patch(
                "the patch list holds elements that its $setElementOrder does not name in this "
                "order");
        }
        ++place;
    }
    return Ok();
}

}  // namespace

Result<void> merge_list(const Field* field, Json& target, const Json& patch) {
    const ListMerge strategy = field == nullptr ? ListMerge::Atomic : field->merge;
    switch (strategy) {
        case ListMerge::ByKey:
            return merge_by_key(*field, target, patch);
        case ListMerge::Set: {
            const Json before = target;
            union_into(target, patch);
            target = in_order(target, patch, before, {});
            return Ok();
        }
        case ListMerge::Atomic:
            target = patch;
            return Ok();
    }
    return Ok();
}

Result<void> set_element_order(
    const Field* field, Json& target, const Json& order, const Json& before, const Json* patch) {
    const std::string key = merge_key(field);
    for (const Json* list : {&order, static_cast<const Json*>(&target), &before}) {
        if (auto complete = require_key(*list, key); !complete) return complete;
    }
    if (patch != nullptr) {
        if (auto ordered = check_order(*patch, order, key); !ordered) return ordered;
    }
    target = in_order(target, order, before, key);
    return Ok();
}

void delete_from_list(Json& target, const Json& unwanted) {
    const Positions gone = positions(unwanted, {});
    auto& elements = target.get_ref<Json::array_t&>();
    std::erase_if(elements, [&](const Json& element) { return gone.contains(element); });
}

}  // namespace picket::schema
