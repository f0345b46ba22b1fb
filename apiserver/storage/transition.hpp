#pragma once
#include "apiserver/storage/store.hpp"

#include <optional>

namespace picket::storage {

/// What a watcher with `filter` sees of `event`:
///
///   matched before | matches now | seen as
///   no             | no          | nothing
///   no             | yes         | ADDED
///   yes            | yes         | MODIFIED
///   yes            | no          | DELETED, with the new object and its revision
///
/// A removed object matches no longer; an object that did not exist matched nothing before.
[[nodiscard]] std::optional<WatchEvent> transition(const Filter& filter, const Event& event);

}  // namespace picket::storage
