#include "apiserver/routes/protobuf_meta.hpp"
#include "apiserver/routes/protobuf_tables.hpp"

namespace picket::apiserver {
namespace {

// ---- services

constexpr ProtobufField kServicePortFields[] = {
    {1, "name", ProtobufType::String},
    {2, "protocol", ProtobufType::String},
    {3, "port", ProtobufType::Count},
    {4, "targetPort", ProtobufType::IntOrString},
    {5, "nodePort", ProtobufType::Count},
    {6, "appProtocol", ProtobufType::String},
};
constexpr ProtobufMessage kServicePort{kServicePortFields};
constexpr ProtobufField kServiceSpecFields[] = {
    {1, "ports", ProtobufType::Message, true, &kServicePort},
    {2, "selector", ProtobufType::StringMap},
    {3, "clusterIP", ProtobufType::String},
    {4, "type", ProtobufType::String},
    {5, "externalIPs", ProtobufType::String, true},
    {7, "sessionAffinity", ProtobufType::String},
    {10, "externalName", ProtobufType::String},
    {11, "externalTrafficPolicy", ProtobufType::String},
    {17, "ipFamilyPolicy", ProtobufType::String},
    {18, "clusterIPs", ProtobufType::String, true},
    {19, "ipFamilies", ProtobufType::String, true},
    {22, "internalTrafficPolicy", ProtobufType::String},
};
constexpr ProtobufMessage kServiceSpec{kServiceSpecFields};
constexpr ProtobufField kServiceFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kServiceSpec},
};
constexpr ProtobufMessage kService{kServiceFields};

// ---- roles

constexpr ProtobufField kPolicyRuleFields[] = {
    {1, "verbs", ProtobufType::String, true},
    {2, "apiGroups", ProtobufType::String, true},
    {3, "resources", ProtobufType::String, true},
    {4, "resourceNames", ProtobufType::String, true},
    {5, "nonResourceURLs", ProtobufType::String, true},
};
constexpr ProtobufMessage kPolicyRule{kPolicyRuleFields};
constexpr ProtobufField kRoleFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "rules", ProtobufType::Message, true, &kPolicyRule},
};
constexpr ProtobufMessage kRole{kRoleFields};
constexpr ProtobufField kAggregationRuleFields[] = {
    {1, "clusterRoleSelectors", ProtobufType::Message, true, &kLabelSelector},
};
constexpr ProtobufMessage kAggregationRule{kAggregationRuleFields};
constexpr ProtobufField kClusterRoleFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "rules", ProtobufType::Message, true, &kPolicyRule},
    {3, "aggregationRule", ProtobufType::Message, false, &kAggregationRule},
};
constexpr ProtobufMessage kClusterRole{kClusterRoleFields};
constexpr ProtobufField kSubjectFields[] = {
    {1, "kind", ProtobufType::String},
    {2, "apiGroup", ProtobufType::String},
    {3, "name", ProtobufType::String},
    {4, "namespace", ProtobufType::String},
};
constexpr ProtobufMessage kSubject{kSubjectFields};
constexpr ProtobufField kRoleRefFields[] = {
    {1, "apiGroup", ProtobufType::String},
    {2, "kind", ProtobufType::String},
    {3, "name", ProtobufType::String},
};
constexpr ProtobufMessage kRoleRef{kRoleRefFields};
constexpr ProtobufField kRoleBindingFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "subjects", ProtobufType::Message, true, &kSubject},
    {3, "roleRef", ProtobufType::Message, false, &kRoleRef},
};
constexpr ProtobufMessage kRoleBinding{kRoleBindingFields};

// ---- tokens of service accounts

constexpr ProtobufField kBoundObjectFields[] = {
    {1, "kind", ProtobufType::String},
    {2, "apiVersion", ProtobufType::String},
    {3, "name", ProtobufType::String},
    {4, "uid", ProtobufType::String},
};
constexpr ProtobufMessage kBoundObject{kBoundObjectFields};
constexpr ProtobufField kTokenRequestSpecFields[] = {
    {1, "audiences", ProtobufType::String, true},
    {3, "boundObjectRef", ProtobufType::Message, false, &kBoundObject},
    {4, "expirationSeconds", ProtobufType::Integer},
};
constexpr ProtobufMessage kTokenRequestSpec{kTokenRequestSpecFields};
constexpr ProtobufField kTokenRequestFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kTokenRequestSpec},
};
constexpr ProtobufMessage kTokenRequest{kTokenRequestFields};

// ---- priorities and budgets

constexpr ProtobufField kPriorityClassFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "value", ProtobufType::Integer},
    {3, "globalDefault", ProtobufType::Boolean},
    {4, "description", ProtobufType::String},
    {5, "preemptionPolicy", ProtobufType::String},
};
constexpr ProtobufMessage kPriorityClass{kPriorityClassFields};
constexpr ProtobufField kBudgetSpecFields[] = {
    {1, "minAvailable", ProtobufType::IntOrString},
    {2, "selector", ProtobufType::Message, false, &kLabelSelector},
    {3, "maxUnavailable", ProtobufType::IntOrString},
    {4, "unhealthyPodEvictionPolicy", ProtobufType::String},
};
constexpr ProtobufMessage kBudgetSpec{kBudgetSpecFields};
constexpr ProtobufField kBudgetFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kBudgetSpec},
};
constexpr ProtobufMessage kBudget{kBudgetFields};

// ---- quotas

constexpr ProtobufField kQuotaSpecFields[] = {
    {1, "hard", ProtobufType::QuantityMap},
    {2, "scopes", ProtobufType::String, true},
};
constexpr ProtobufMessage kQuotaSpec{kQuotaSpecFields, true};
constexpr ProtobufField kQuotaFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kQuotaSpec},
};
constexpr ProtobufMessage kQuota{kQuotaFields};

// ---- ingresses

constexpr ProtobufField kBackendPortFields[] = {
    {1, "name", ProtobufType::String},
    {2, "number", ProtobufType::Count},
};
constexpr ProtobufMessage kBackendPort{kBackendPortFields};
constexpr ProtobufField kBackendServiceFields[] = {
    {1, "name", ProtobufType::String},
    {2, "port", ProtobufType::Message, false, &kBackendPort},
};
constexpr ProtobufMessage kBackendService{kBackendServiceFields};
constexpr ProtobufField kBackendFields[] = {
    {3, "resource", ProtobufType::Message, false, &kRoleRef},
    {4, "service", ProtobufType::Message, false, &kBackendService},
};
constexpr ProtobufMessage kBackend{kBackendFields};
constexpr ProtobufField kIngressPathFields[] = {
    {1, "path", ProtobufType::String},
    {2, "backend", ProtobufType::Message, false, &kBackend},
    {3, "pathType", ProtobufType::String},
};
constexpr ProtobufMessage kIngressPath{kIngressPathFields};
constexpr ProtobufField kIngressHttpFields[] = {
    {1, "paths", ProtobufType::Message, true, &kIngressPath},
};
constexpr ProtobufMessage kIngressHttp{kIngressHttpFields};
constexpr ProtobufField kIngressValueFields[] = {
    {1, "http", ProtobufType::Message, false, &kIngressHttp},
};
constexpr ProtobufMessage kIngressValue{kIngressValueFields};
constexpr ProtobufField kIngressRuleFields[] = {
    {1, "host", ProtobufType::String},
    {2, "", ProtobufType::Inline, false, &kIngressValue},
};
constexpr ProtobufMessage kIngressRule{kIngressRuleFields};
constexpr ProtobufField kIngressTlsFields[] = {
    {1, "hosts", ProtobufType::String, true},
    {2, "secretName", ProtobufType::String},
};
constexpr ProtobufMessage kIngressTls{kIngressTlsFields};
constexpr ProtobufField kIngressSpecFields[] = {
    {1, "defaultBackend", ProtobufType::Message, false, &kBackend},
    {2, "tls", ProtobufType::Message, true, &kIngressTls},
    {3, "rules", ProtobufType::Message, true, &kIngressRule},
    {4, "ingressClassName", ProtobufType::String},
};
constexpr ProtobufMessage kIngressSpec{kIngressSpecFields};
constexpr ProtobufField kIngressFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kIngressSpec},
};
constexpr ProtobufMessage kIngress{kIngressFields};

constexpr ProtobufKind kCompanionKinds[] = {
    {"Service", &kService},
    {"Role", &kRole},
    {"ClusterRole", &kClusterRole},
    {"RoleBinding", &kRoleBinding},
    {"ClusterRoleBinding", &kRoleBinding},
    {"TokenRequest", &kTokenRequest},
    {"PriorityClass", &kPriorityClass},
    {"PodDisruptionBudget", &kBudget},
    {"ResourceQuota", &kQuota},
    {"Ingress", &kIngress},
};

}  // namespace

std::span<const ProtobufKind> companion_protobuf_kinds() {
    return kCompanionKinds;
}

}  // namespace picket::apiserver
