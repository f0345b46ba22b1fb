#include "apiserver/routes/protobuf_messages.hpp"

#include "apiserver/routes/protobuf_meta.hpp"
#include "apiserver/routes/protobuf_tables.hpp"

namespace picket::apiserver {
namespace {

constexpr ProtobufField kNamespaceSpecFields[] = {{1, "finalizers", ProtobufType::String, true}};
constexpr ProtobufMessage kNamespaceSpec{kNamespaceSpecFields};
constexpr ProtobufField kNamespaceFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kNamespaceSpec},
};
constexpr ProtobufMessage kNamespace{kNamespaceFields};

constexpr ProtobufField kConfigMapFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "data", ProtobufType::StringMap},
    {3, "binaryData", ProtobufType::BytesMap},
    {4, "immutable", ProtobufType::Boolean},
};
constexpr ProtobufMessage kConfigMap{kConfigMapFields};

constexpr ProtobufField kSecretFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "data", ProtobufType::BytesMap},
    {3, "type", ProtobufType::String},
    {4, "stringData", ProtobufType::StringMap},
    {5, "immutable", ProtobufType::Boolean},
};
constexpr ProtobufMessage kSecret{kSecretFields};

constexpr ProtobufField kNameOnlyFields[] = {{1, "name", ProtobufType::String}};
constexpr ProtobufMessage kLocalObjectReference{kNameOnlyFields};
constexpr ProtobufField kObjectReferenceFields[] = {
    {1, "kind", ProtobufType::String},
    {2, "namespace", ProtobufType::String},
    {3, "name", ProtobufType::String},
    {4, "uid", ProtobufType::String},
    {5, "apiVersion", ProtobufType::String},
};
constexpr ProtobufMessage kObjectReference{kObjectReferenceFields};
constexpr ProtobufField kServiceAccountFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "secrets", ProtobufType::Message, true, &kObjectReference},
    {3, "imagePullSecrets", ProtobufType::Message, true, &kLocalObjectReference},
    {4, "automountServiceAccountToken", ProtobufType::Boolean},
};
constexpr ProtobufMessage kServiceAccount{kServiceAccountFields};

constexpr ProtobufField kPreconditionsFields[] = {
    {1, "uid", ProtobufType::String},
    {2, "resourceVersion", ProtobufType::String},
};
constexpr ProtobufMessage kPreconditions{kPreconditionsFields};
constexpr ProtobufField kDeleteOptionsFields[] = {
    {1, "gracePeriodSeconds", ProtobufType::Integer},
    {2, "preconditions", ProtobufType::Message, false, &kPreconditions},
    {3, "orphanDependents", ProtobufType::Boolean},
    {4, "propagationPolicy", ProtobufType::String},
    {5, "dryRun", ProtobufType::String, true},
};
constexpr ProtobufMessage kDeleteOptions{kDeleteOptionsFields};

// DeleteOptions comes under the apiVersion of whatever is deleted, so a kind is known by its name
// alone.
constexpr ProtobufKind kKinds[] = {
    {"Namespace", &kNamespace},
    {"ConfigMap", &kConfigMap},
    {"Secret", &kSecret},
    {"ServiceAccount", &kServiceAccount},
    {"DeleteOptions", &kDeleteOptions},
};

constexpr ProtobufField kTypeMetaFields[] = {
    {1, "apiVersion", ProtobufType::String},
    {2, "kind", ProtobufType::String},
};
constexpr ProtobufMessage kTypeMeta{kTypeMetaFields};

}  // namespace

const ProtobufMessage& type_meta_message() {
    return kTypeMeta;
}

const ProtobufMessage* find_protobuf_message(std::string_view kind) {
    for (const auto& table :
         {std::span<const ProtobufKind>(kKinds),
          companion_protobuf_kinds(),
          review_protobuf_kinds(),
          pod_protobuf_kinds()}) {
        for (const auto& row : table) {
            if (row.kind == kind) return row.message;
        }
    }
    return nullptr;
}

}  // namespace picket::apiserver
