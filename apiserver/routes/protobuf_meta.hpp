#pragma once
/// Messages that those of many kinds hold.
#include "apiserver/routes/protobuf_messages.hpp"

namespace picket::apiserver {

inline constexpr ProtobufField kOwnerReferenceFields[] = {
    {1, "kind", ProtobufType::String},
    {3, "name", ProtobufType::String},
    {4, "uid", ProtobufType::String},
    {5, "apiVersion", ProtobufType::String},
    {6, "controller", ProtobufType::Boolean},
    {7, "blockOwnerDeletion", ProtobufType::Boolean},
};
inline constexpr ProtobufMessage kOwnerReference{kOwnerReferenceFields};

// Without generation: the server counts it, and Go writes an explicit 0.
inline constexpr ProtobufField kObjectMetaFields[] = {
    {1, "name", ProtobufType::String},
    {2, "generateName", ProtobufType::String},
    {3, "namespace", ProtobufType::String},
    {5, "uid", ProtobufType::String},
    {6, "resourceVersion", ProtobufType::String},
    {8, "creationTimestamp", ProtobufType::Time},
    {11, "labels", ProtobufType::StringMap},
    {12, "annotations", ProtobufType::StringMap},
    {13, "ownerReferences", ProtobufType::Message, true, &kOwnerReference},
    {14, "finalizers", ProtobufType::String, true},
};
inline constexpr ProtobufMessage kObjectMeta{kObjectMetaFields};

inline constexpr ProtobufField kSelectorRequirementFields[] = {
    {1, "key", ProtobufType::String},
    {2, "operator", ProtobufType::String},
    {3, "values", ProtobufType::String, true},
};
inline constexpr ProtobufMessage kSelectorRequirement{kSelectorRequirementFields};
inline constexpr ProtobufField kLabelSelectorFields[] = {
    {1, "matchLabels", ProtobufType::StringMap},
    {2, "matchExpressions", ProtobufType::Message, true, &kSelectorRequirement},
};
inline constexpr ProtobufMessage kLabelSelector{kLabelSelectorFields};

}  // namespace picket::apiserver
