#include "apiserver/registry/untracked_fields.hpp"

#include <array>
#include <string_view>

namespace picket::registry {
namespace {

constexpr std::string_view kStatus = "f:status";
constexpr std::string_view kMetadata = "f:metadata";
constexpr std::array<std::string_view, 2> kIdentity = {"f:apiVersion", "f:kind"};
constexpr std::array<std::string_view, 10> kOfMetadata = {
    "f:name",
    "f:namespace",
    "f:uid",
    "f:selfLink",
    "f:resourceVersion",
    "f:generation",
    "f:creationTimestamp",
    "f:deletionTimestamp",
    "f:deletionGracePeriodSeconds",
    "f:managedFields"};

void erase(schema::FieldSet& fields, std::string_view edge) {
    const auto found = fields.children.find(edge);
    if (found != fields.children.end()) fields.children.erase(found);
}

}  // namespace

void drop_untracked(schema::FieldSet& fields) {
    for (const auto edge : kIdentity) erase(fields, edge);
    const auto metadata = fields.children.find(kMetadata);
    if (metadata == fields.children.end()) return;
    for (const auto edge : kOfMetadata) erase(metadata->second, edge);
    metadata->second.member = false;
    if (metadata->second.empty()) fields.children.erase(metadata);
}

void keep_scope(schema::FieldSet& fields, bool status) {
    if (!status) return erase(fields, kStatus);
    std::erase_if(fields.children, [](const auto& child) { return child.first != kStatus; });
}

}  // namespace picket::registry
