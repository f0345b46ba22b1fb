#include "common/api/companion_resources.hpp"

#include "common/api/plain_kind.hpp"

namespace picket {
namespace {

using Words = std::vector<std::string_view>;

Words rbac() {
    return {"rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"};
}

}  // namespace

std::vector<Resource> companion_core_resources() {
    return {
        plain_kind({"v1"}, "endpoints", "endpoints", "Endpoints", Scope::Namespace, {"ep"}),
        plain_kind({"v1"}, "limitranges", "limitrange", "LimitRange", Scope::Namespace, {"limits"}),
        with_status(plain_kind(
            {"v1"},
            "persistentvolumeclaims",
            "persistentvolumeclaim",
            "PersistentVolumeClaim",
            Scope::Namespace,
            {"pvc"})),
        with_status(plain_kind(
            {"v1"},
            "persistentvolumes",
            "persistentvolume",
            "PersistentVolume",
            Scope::Cluster,
            {"pv"})),
        with_status(plain_kind(
            {"v1"},
            "resourcequotas",
            "resourcequota",
            "ResourceQuota",
            Scope::Namespace,
            {"quota"})),
        in_category(
            with_status(
                plain_kind({"v1"}, "services", "service", "Service", Scope::Namespace, {"svc"})),
            "all"),
    };
}

std::vector<Resource> companion_group_resources() {
    return {
        plain_kind(
            {"discovery.k8s.io/v1"},
            "endpointslices",
            "endpointslice",
            "EndpointSlice",
            Scope::Namespace),
        with_status(plain_kind(
            {"networking.k8s.io/v1", "extensions/v1beta1"},
            "networkpolicies",
            "networkpolicy",
            "NetworkPolicy",
            Scope::Namespace,
            {"netpol"})),
        with_status(plain_kind(
            {"policy/v1", "policy/v1beta1"},
            "poddisruptionbudgets",
            "poddisruptionbudget",
            "PodDisruptionBudget",
            Scope::Namespace,
            {"pdb"})),
        plain_kind(
            {"policy/v1beta1", "extensions/v1beta1"},
            "podsecuritypolicies",
            "podsecuritypolicy",
            "PodSecurityPolicy",
            Scope::Cluster,
            {"psp"}),
        plain_kind(
            {"scheduling.k8s.io/v1", "scheduling.k8s.io/v1beta1"},
            "priorityclasses",
            "priorityclass",
            "PriorityClass",
            Scope::Cluster,
            {"pc"}),
        plain_kind(
            {"storage.k8s.io/v1", "storage.k8s.io/v1beta1"},
            "csidrivers",
            "csidriver",
            "CSIDriver",
            Scope::Cluster),
        plain_kind(
            {"storage.k8s.io/v1", "storage.k8s.io/v1beta1"},
            "storageclasses",
            "storageclass",
            "StorageClass",
            Scope::Cluster,
            {"sc"}),
        plain_kind(
            {"node.k8s.io/v1", "node.k8s.io/v1beta1"},
            "runtimeclasses",
            "runtimeclass",
            "RuntimeClass",
            Scope::Cluster),
        with_status(plain_kind(
            {"apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"},
            "customresourcedefinitions",
            "customresourcedefinition",
            "CustomResourceDefinition",
            Scope::Cluster,
            {"crd", "crds"})),
    };
}

std::vector<Resource> rbac_resources() {
    return {
        plain_kind(
            rbac(),
            "clusterrolebindings",
            "clusterrolebinding",
            "ClusterRoleBinding",
            Scope::Cluster),
        plain_kind(rbac(), "clusterroles", "clusterrole", "ClusterRole", Scope::Cluster),
        plain_kind(rbac(), "rolebindings", "rolebinding", "RoleBinding", Scope::Namespace),
        plain_kind(rbac(), "roles", "role", "Role", Scope::Namespace),
    };
}

/// Kinds that ask a whole Kubernetes for something: kept and listed, so that a file which brings
/// one is applied as it is.
std::vector<Resource> kept_resources() {
    const Words admission = {
        "admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1"};
    return {
        plain_kind(
            admission,
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicy",
            "MutatingAdmissionPolicy",
            Scope::Cluster),
        plain_kind(
            admission,
            "mutatingadmissionpolicybindings",
            "mutatingadmissionpolicybinding",
            "MutatingAdmissionPolicyBinding",
            Scope::Cluster),
        plain_kind(
            admission,
            "mutatingwebhookconfigurations",
            "mutatingwebhookconfiguration",
            "MutatingWebhookConfiguration",
            Scope::Cluster),
        with_status(plain_kind(
            admission,
            "validatingadmissionpolicies",
            "validatingadmissionpolicy",
            "ValidatingAdmissionPolicy",
            Scope::Cluster)),
        plain_kind(
            admission,
            "validatingadmissionpolicybindings",
            "validatingadmissionpolicybinding",
            "ValidatingAdmissionPolicyBinding",
            Scope::Cluster),
        plain_kind(
            admission,
            "validatingwebhookconfigurations",
            "validatingwebhookconfiguration",
            "ValidatingWebhookConfiguration",
            Scope::Cluster),
        with_status(plain_kind(
            {"apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1beta1"},
            "apiservices",
            "apiservice",
            "APIService",
            Scope::Cluster)),
        with_status(plain_kind(
            {"autoscaling/v2", "autoscaling/v1"},
            "horizontalpodautoscalers",
            "horizontalpodautoscaler",
            "HorizontalPodAutoscaler",
            Scope::Namespace,
            {"hpa"})),
        with_status(plain_kind(
            {"flowcontrol.apiserver.k8s.io/v1"},
            "flowschemas",
            "flowschema",
            "FlowSchema",
            Scope::Cluster)),
        with_status(plain_kind(
            {"flowcontrol.apiserver.k8s.io/v1"},
            "prioritylevelconfigurations",
            "prioritylevelconfiguration",
            "PriorityLevelConfiguration",
            Scope::Cluster)),
        with_status(plain_kind(
            {"networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1"},
            "ingresses",
            "ingress",
            "Ingress",
            Scope::Namespace,
            {"ing"})),
        plain_kind(
            {"networking.k8s.io/v1", "networking.k8s.io/v1beta1"},
            "ingressclasses",
            "ingressclass",
            "IngressClass",
            Scope::Cluster),
    };
}

}  // namespace picket
