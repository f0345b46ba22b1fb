#include "apiserver/routes/pod_identity.hpp"

#include "apiserver/registry/document.hpp"
#include "common/base/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

using registry::member;
using registry::object_in;

constexpr const char* kMirrorAnnotation = "kubernetes.io/config.mirror";
constexpr const char* kTokenFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
/// An hour and a little: whoever asks for exactly one hour can be told from this.
constexpr int kTokenSeconds = 3607;
constexpr int kReadableByAll = 0644;

/// What every pod gets is put together once: nearly all of a DaemonSet's creates come by here.
Json token_volume(const std::string& name) {
    static const Json projected = [] {
        const Json token = {
            {"serviceAccountToken", {{"expirationSeconds", kTokenSeconds}, {"path", "token"}}}};
        const Json authority = {
            {"configMap",
             {{"name", "kube-root-ca.crt"},
              {"items", Json::array({{{"key", "ca.crt"}, {"path", "ca.crt"}}})}}}};
        const Json field = {{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}};
        const Json scope = {
            {"downwardAPI",
             {{"items", Json::array({{{"path", "namespace"}, {"fieldRef", field}}})}}}};
        return Json{
            {"defaultMode", kReadableByAll}, {"sources", Json::array({token, authority, scope})}};
    }();
    auto volume = Json::object();
    volume["name"] = name;
    volume["projected"] = projected;
    return volume;
}

bool mounts_token_folder(const Json& container) {
    const auto& mounts = member(container, "volumeMounts");
    return mounts.is_array() && std::any_of(mounts.begin(), mounts.end(), [](const Json& mount) {
               return json_read::text(mount, "mountPath") == kTokenFolder;
           });
}

Json& list_in(Json& parent, const char* key) {
    auto& list = parent[key];
    if (!list.is_array()) list = Json::array();
    return list;
}

/// False if every container mounts something of its own there.
bool mount_token(Json& spec, const std::string& volume) {
    bool mounted = false;
    for (const auto* list : {"containers", "initContainers"}) {
        if (!member(spec, list).is_array()) continue;
        for (auto& container : spec[list]) {
            if (!container.is_object() || mounts_token_folder(container)) continue;
            list_in(container, "volumeMounts")
                .push_back({{"name", volume}, {"mountPath", kTokenFolder}, {"readOnly", true}});
            mounted = true;
        }
    }
    return mounted;
}

/// The account's document, or nothing where it has nothing to say about pods: no need to read it.
Json account_of(const storage::StoredObject& stored) {
    const std::string_view bytes = *stored.bytes;
    const auto mentions = [bytes](std::string_view key) {
        return bytes.find(key) != std::string_view::npos;
    };
    if (!mentions("imagePullSecrets") && !mentions("automountServiceAccountToken")) return {};
    return parse_json(bytes);
}

bool wants_token(const Json& spec, const Json& account) {
    for (const auto* object : {&spec, &account}) {
        const auto& wanted = member(*object, "automountServiceAccountToken");
        if (wanted.is_boolean()) return wanted.get<bool>();
    }
    return true;
}

void add_token(Json& spec, Random& random) {
    const auto volume = "kube-api-access-" + random.name_suffix();
    if (mount_token(spec, volume)) list_in(spec, "volumes").push_back(token_volume(volume));
}

}  // namespace

bool is_mirror_pod(const Json& pod) {
    return registry::has(registry::at(pod, {"metadata", "annotations"}), kMirrorAnnotation);
}

std::vector<std::string> give_identity(const storage::Store& store, Random& random, Json& pod) {
    if (is_mirror_pod(pod)) return {};
    auto& spec = object_in(pod, "spec");
    auto name = json_read::text(spec, "serviceAccountName");
    if (name.empty()) name = "default";
    spec["serviceAccountName"] = name;
    spec["serviceAccount"] = name;
    const auto found =
        store.get({"serviceaccounts", registry::text_at(pod, {"metadata", "namespace"}), name});
    if (!found) {
        return {
            "spec.serviceAccountName: service account \"" + name +
            "\" not found; the pod gets no token"};
    }
    const auto account = account_of(*found);
    const auto& secrets = member(account, "imagePullSecrets");
    if (member(spec, "imagePullSecrets").empty() && !secrets.empty()) {
        spec["imagePullSecrets"] = secrets;
    }
    if (wants_token(spec, account)) add_token(spec, random);
    return {};
}

}  // namespace picket::apiserver
