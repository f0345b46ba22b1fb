#include "common/schema/list_order.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

namespace picket::schema {
namespace {

/// An element with its place in the list that orders it.
struct Placed {
    const Json* element;
    std::size_t place;
};

std::optional<std::size_t> place_of(
    const Positions& places, const Json& element, const std::string& key) {
    const auto found = places.find(identity(element, key));
    if (found == places.end()) return std::nullopt;
    return found->second;
}

void sort_by_place(std::vector<Placed>& elements) {
    // Elements of one place stay in the order they came in: their addresses grow.
    std::ranges::sort(elements, [](const Placed& a, const Placed& b) {
        return std::tie(a.place, a.element) < std::tie(b.place, b.element);
    });
}

}  // namespace

const Json& identity(const Json& element, const std::string& key) {
    return key.empty() ? element : element.at(key);
}

Positions positions(const Json& list, const std::string& key) {
    Positions places;
    for (std::size_t i = 0; i < list.size(); ++i) places.emplace(identity(list[i], key), i);
    return places;
}

Json in_order(const Json& merged, const Json& wanted, const Json& before, const std::string& key) {
    const Positions wanted_places = positions(wanted, key);
    const Positions old_places = positions(before, key);
    std::vector<Placed> named;
    std::vector<Placed> others;
    for (const auto& element : merged) {
        if (const auto place = place_of(wanted_places, element, key)) {
            named.push_back({&element, *place});
        } else {
            others.push_back({&element, place_of(old_places, element, key).value_or(0)});
        }
    }
    sort_by_place(named);
    sort_by_place(others);

    Json result = Json::array();
    auto other = others.cbegin();
    for (const auto& [element, place] : named) {
        const auto old_place = place_of(old_places, *element, key);
        for (; old_place && other != others.cend() && other->place < *old_place; ++other) {
            result.push_back(*other->element);
        }
        result.push_back(*element);
    }
    for (; other != others.cend(); ++other) result.push_back(*other->element);
    return result;
}

}  // namespace picket::schema
