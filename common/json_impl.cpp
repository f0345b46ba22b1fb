// The only translation unit of a debug build that compiles nlohmann's functions: pch.hpp declares
// them as instantiated elsewhere.
#include "common/json_instances.hpp"

PICKET_JSON_INSTANCES(template);
