#pragma once
#include "common/api/object_meta.hpp"

#include <string>
#include <vector>

namespace picket {

/// What controllers read of a Namespace.
struct Namespace {
    ObjectMeta meta;
    bool terminating = false;
    std::vector<std::string> finalizers = {};  ///< of `spec`: emptied when nothing is left inside

    static Namespace parse(const Json& object);
};

}  // namespace picket
