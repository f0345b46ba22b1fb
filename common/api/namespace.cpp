#include "common/api/namespace.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

namespace picket {

Namespace Namespace::parse(const Json& object) {
    Namespace result;
    result.meta = ObjectMeta::parse(json_read::member(object, "metadata"));
    result.terminating =
        result.meta.deleting() ||
        json_read::text(json_read::member(object, "status"), "phase") == "Terminating";
    result.finalizers = json_read::strings(json_read::member(object, "spec"), "finalizers");
    return result;
}

}  // namespace picket
