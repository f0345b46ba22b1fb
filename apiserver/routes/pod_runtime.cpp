#include "apiserver/routes/pod_runtime.hpp"

#include "apiserver/registry/document.hpp"
#include "common/api/pod.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {

void note_runtime_handler(const storage::Store& store, Json& pod) {
    const auto name = registry::text_at(pod, {"spec", "runtimeClassName"});
    if (name.empty()) return;
    const auto stored = store.get({"runtimeclasses.node.k8s.io", "", name});
    if (!stored) return;
    auto handler = json_read::text(Json::parse(*stored->bytes), "handler");
    auto& metadata = registry::object_in(pod, "metadata");
    registry::object_in(metadata, "annotations")[kRuntimeHandlerAnnotation] = std::move(handler);
}

}  // namespace picket::apiserver
