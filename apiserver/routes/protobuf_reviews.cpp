#include "apiserver/routes/protobuf_meta.hpp"
#include "apiserver/routes/protobuf_tables.hpp"

namespace picket::apiserver {
namespace {

constexpr ProtobufField kFieldSelectorFields[] = {{1, "rawSelector", ProtobufType::String}};
constexpr ProtobufMessage kFieldSelector{kFieldSelectorFields};
constexpr ProtobufField kResourceAttributesFields[] = {
    {1, "namespace", ProtobufType::String},
    {2, "verb", ProtobufType::String},
    {3, "group", ProtobufType::String},
    {4, "version", ProtobufType::String},
    {5, "resource", ProtobufType::String},
    {6, "subresource", ProtobufType::String},
    {7, "name", ProtobufType::String},
    {8, "fieldSelector", ProtobufType::Message, false, &kFieldSelector},
};
constexpr ProtobufMessage kResourceAttributes{kResourceAttributesFields};
constexpr ProtobufField kPathAttributesFields[] = {
    {1, "path", ProtobufType::String},
    {2, "verb", ProtobufType::String},
};
constexpr ProtobufMessage kPathAttributes{kPathAttributesFields};

constexpr ProtobufField kOwnAccessSpecFields[] = {
    {1, "resourceAttributes", ProtobufType::Message, false, &kResourceAttributes},
    {2, "nonResourceAttributes", ProtobufType::Message, false, &kPathAttributes},
};
constexpr ProtobufMessage kOwnAccessSpec{kOwnAccessSpecFields};
constexpr ProtobufField kOwnAccessFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kOwnAccessSpec},
};
constexpr ProtobufMessage kOwnAccess{kOwnAccessFields};

constexpr ProtobufField kAccessSpecFields[] = {
    {1, "resourceAttributes", ProtobufType::Message, false, &kResourceAttributes},
    {2, "nonResourceAttributes", ProtobufType::Message, false, &kPathAttributes},
    {3, "user", ProtobufType::String},
    {4, "groups", ProtobufType::String, true},
};
constexpr ProtobufMessage kAccessSpec{kAccessSpecFields};
constexpr ProtobufField kAccessFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kAccessSpec},
};
constexpr ProtobufMessage kAccess{kAccessFields};

constexpr ProtobufField kOwnRulesSpecFields[] = {{1, "namespace", ProtobufType::String}};
constexpr ProtobufMessage kOwnRulesSpec{kOwnRulesSpecFields};
constexpr ProtobufField kOwnRulesFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kOwnRulesSpec},
};
constexpr ProtobufMessage kOwnRules{kOwnRulesFields};

constexpr ProtobufField kSelfFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
};
constexpr ProtobufMessage kSelf{kSelfFields};

constexpr ProtobufField kTokenReviewSpecFields[] = {
    {1, "token", ProtobufType::String},
    {2, "audiences", ProtobufType::String, true},
};
constexpr ProtobufMessage kTokenReviewSpec{kTokenReviewSpecFields};
constexpr ProtobufField kTokenReviewFields[] = {
    {1, "metadata", ProtobufType::Message, false, &kObjectMeta},
    {2, "spec", ProtobufType::Message, false, &kTokenReviewSpec},
};
constexpr ProtobufMessage kTokenReview{kTokenReviewFields};

constexpr ProtobufKind kReviewKinds[] = {
    {"TokenReview", &kTokenReview},
    {"SelfSubjectReview", &kSelf},
    {"SelfSubjectAccessReview", &kOwnAccess},
    {"SelfSubjectRulesReview", &kOwnRules},
    {"SubjectAccessReview", &kAccess},
    {"LocalSubjectAccessReview", &kAccess},
};

}  // namespace

std::span<const ProtobufKind> review_protobuf_kinds() {
    return kReviewKinds;
}

}  // namespace picket::apiserver
