#include "apiserver/routes/protobuf_meta.hpp"
#include "apiserver/routes/protobuf_tables.hpp"

namespace picket::apiserver {
namespace {

// A pod in protobuf comes from `kubectl debug node/…` alone. What it sends is understood; any other
// field that says something is refused instead of dropped, since a pod without it would be another
// pod.

constexpr ProtobufField kHostPathFields[] = {
    {1, "path", ProtobufType::String},
    {2, "type", ProtobufType::String},
};
constexpr ProtobufMessage kHostPath{kHostPathFields, true};
constexpr ProtobufField kVolumeSourceFields[] = {
    {1, "hostPath", ProtobufType::Message, false, &kHostPath},
};
constexpr ProtobufMessage kVolumeSource{kVolumeSourceFields, true};
constexpr ProtobufField kVolumeFields[] = {
    {1, "name", ProtobufType::String},
    {2, "", ProtobufType::Inline, false, &kVolumeSource},
};
constexpr ProtobufMessage kVolume{kVolumeFields, true};

constexpr ProtobufField kEnvFields[] = {
    {1, "name", ProtobufType::String},
    {2, "value", ProtobufType::String},
};
constexpr ProtobufMessage kEnv{kEnvFields, true};
constexpr ProtobufField kMountFields[] = {
    {1, "name", ProtobufType::String},
    {2, "readOnly", ProtobufType::Boolean},
    {3, "mountPath", ProtobufType::String},
    {4, "subPath", ProtobufType::String},
    {5, "mountPropagation", ProtobufType::String},
};
constexpr ProtobufMessage kMount{kMountFields, true};
constexpr ProtobufField kCapabilitiesFields[] = {
    {1, "add", ProtobufType::String, true},
    {2, "drop", ProtobufType::String, true},
};
constexpr ProtobufMessage kCapabilities{kCapabilitiesFields, true};
constexpr ProtobufField kSecurityFields[] = {
    {1, "capabilities", ProtobufType::Message, false, &kCapabilities},
    {2, "privileged", ProtobufType::Boolean},
    {4, "runAsUser", ProtobufType::Integer},
    {5, "runAsNonRoot", ProtobufType::Boolean},
    {6, "readOnlyRootFilesystem", ProtobufType::Boolean},
    {7, "allowPrivilegeEscalation", ProtobufType::Boolean},
    {8, "runAsGroup", ProtobufType::Integer},
};
constexpr ProtobufMessage kSecurity{kSecurityFields, true};
constexpr ProtobufField kContainerFields[] = {
    {1, "name", ProtobufType::String},
    {2, "image", ProtobufType::String},
    {3, "command", ProtobufType::String, true},
    {4, "args", ProtobufType::String, true},
    {5, "workingDir", ProtobufType::String},
    {7, "env", ProtobufType::Message, true, &kEnv},
    {9, "volumeMounts", ProtobufType::Message, true, &kMount},
    {13, "terminationMessagePath", ProtobufType::String},
    {14, "imagePullPolicy", ProtobufType::String},
    {15, "securityContext", ProtobufType::Message, false, &kSecurity},
    {16, "stdin", ProtobufType::Boolean},
    {17, "stdinOnce", ProtobufType::Boolean},
    {18, "tty", ProtobufType::Boolean},
    {20, "terminationMessagePolicy", ProtobufType::String},
};
constexpr ProtobufMessage kContainer{kContainerFields, true};

constexpr ProtobufField kTolerationFields[] = {
    {1, "key", ProtobufType::String},
    {2, "operator", ProtobufType::String},
    {3, "value", ProtobufType::String},
    {4, "effect", ProtobufType::String},
    {5, "tolerationSeconds", ProtobufType::Integer},
};
constexpr ProtobufMessage kToleration{kTolerationFields, true};
constexpr ProtobufField kPodSpecFields[] = {
    {1, "volumes", ProtobufType::Message, true, &kVolume},
    {2, "containers", ProtobufType::Message, true, &kContainer},
    {3, "restartPolicy", ProtobufType::String},
    {4, "terminationGracePeriodSeconds", ProtobufType::Integer},
    {6, "dnsPolicy", ProtobufType::String},
    {7, "nodeSelector", ProtobufType::StringMap},
    {8, "serviceAccountName", ProtobufType::String},
    {10, "nodeName", ProtobufType::String},
    {11, "hostNetwork", ProtobufType::Boolean},
    {12, "hostPID", ProtobufType::Boolean},
    {13, "hostIPC", ProtobufType::Boolean},
    {16, "hostname", ProtobufType::String},
    {22, "tolerations", ProtobufType::Message, true, &kToleration},
};
constexpr ProtobufMessage kPodSpec{kPodSpecFields, true};
constexpr ProtobufField kPodFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kPodSpec},
};
// The status that Go writes along is the server's own, so what is beside the two may be dropped.
constexpr ProtobufMessage kPod{kPodFields};

constexpr ProtobufKind kPodKinds[] = {{"Pod", &kPod}};

}  // namespace

std::span<const ProtobufKind> pod_protobuf_kinds() {
    return kPodKinds;
}

}  // namespace picket::apiserver
