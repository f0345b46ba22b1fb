#include "tests/simulation/cluster_view.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace picket::simulation {
namespace {

std::string first_image(const Json& spec) {
    const auto& containers = json_read::member(spec, "containers");
    return containers.is_array() && !containers.empty()
               ? json_read::text(containers.front(), "image")
               : std::string();
}

void parse_node(const Json& json, ClusterView::Object& object) {
    object.node = Node::parse(json);
}

void parse_pod(const Json& json, ClusterView::Object& object) {
    object.pod = Pod::parse(json);
    object.image = first_image(json_read::member(json, "spec"));
}

void parse_set(const Json& json, ClusterView::Object& object) {
    object.set = DaemonSet::parse(json);
    const auto& spec =
        json_read::member(json_read::member(json_read::member(json, "spec"), "template"), "spec");
    object.image = first_image(spec);
    object.node_selector = json_read::string_map(spec, "nodeSelector");
}

}  // namespace

struct ClusterView::Source {
    const char* resource;
    void (*parse)(const Json&, Object&);
    Objects& objects;
    std::vector<const Object*>* changed = nullptr;
};

bool ClusterView::refresh(const storage::Store& store, const Source& source) {
    const auto changes = store.changes(source.resource);
    const auto [seen, first] = changes_.emplace(source.resource, changes);
    if (!first && std::exchange(seen->second, changes) == changes) return false;
    Objects fresh;
    for (const auto& stored : store.list(source.resource, {}, 0, std::nullopt).objects) {
        const auto& name = stored->key.name;
        const auto known = source.objects.find(name);
        if (known != source.objects.end() && known->second.revision == stored->revision) {
            fresh.insert(source.objects.extract(known));
            continue;
        }
        auto& object = fresh[name];
        object.revision = stored->revision;
        source.parse(Json::parse(*stored->bytes), object);
        if (source.changed != nullptr) source.changed->push_back(&object);
    }
    source.objects.swap(fresh);
    return true;
}

void ClusterView::look(const storage::Store& store, int server) {
    if (std::exchange(server_, server) != server) changes_.clear();
    changed_pods.clear();
    nodes_changed = refresh(store, {"nodes", parse_node, nodes});
    refresh(store, {"pods", parse_pod, pods, &changed_pods});
    sets_changed = refresh(store, {"daemonsets.apps", parse_set, sets});
}

}  // namespace picket::simulation
