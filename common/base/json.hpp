#pragma once
/// The document type of picket. Headers include this (forward declaration); sources that touch a
/// document include <nlohmann/json.hpp>. Keys are sorted, so a dump is canonical.
#include <nlohmann/json_fwd.hpp>

namespace picket {
using Json = nlohmann::json;
}  // namespace picket
