#include "apiserver/storage/transition.hpp"

namespace picket::storage {

std::optional<WatchEvent> transition(const Filter& filter, const Event& event) {
    const bool before = event.previous && filter.matches(*event.previous);
    const bool now = event.type != Event::Type::Deleted && filter.matches(*event.object);
    if (!before && !now) return std::nullopt;
    const auto type = !before ? Event::Type::Added
                      : now   ? Event::Type::Modified
                              : Event::Type::Deleted;
    return WatchEvent{type, event.object, event.revision};
}

}  // namespace picket::storage
