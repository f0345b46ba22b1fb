#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::registry {
namespace {

constexpr const char* kFinalizer = "kubernetes";
constexpr const char* kNameLabel = "kubernetes.io/metadata.name";

void wear_name(Json& object) {
    const auto name = text_at(object, {"metadata", "name"});
    if (!name.empty()) object_in(object_in(object, "metadata"), "labels")[kNameLabel] = name;
}

/// `spec.finalizers` holds "kubernetes" until everything in the namespace is gone; only the
/// finalize subresource takes it away. Every namespace wears its own name as a label, so that
/// selectors can name it.
class NamespaceStrategy final : public Strategy {
public:
    void default_object(Json& object, const RequestContext& /*context*/) const override {
        wear_name(object);
    }

    void prepare_for_create(Json& object, const RequestContext& /*context*/) const override {
        wear_name(object);  // again: a generated name is known only now
        object["status"] = {{"phase", "Active"}};
        auto& finalizers = object_in(object, "spec")["finalizers"];
        if (finalizers.is_null()) finalizers = Json::array();
        if (std::find(finalizers.begin(), finalizers.end(), kFinalizer) == finalizers.end()) {
            finalizers.push_back(kFinalizer);
        }
    }

    void prepare_for_update(
        Json& object, const Json& old, const RequestContext& /*context*/) const override {
        restore(object, old, "spec");
        restore(object, old, "status");
    }

    [[nodiscard]] FieldErrors validate_status_update(
        const Json& object, const Json& old, const RequestContext& /*context*/) const override {
        const bool deleting = has(member(old, "metadata"), "deletionTimestamp");
        const std::string_view expected = deleting ? "Terminating" : "Active";
        const auto phase = text_at(object, {"status", "phase"});
        if (phase == expected) return {};
        return {field::invalid(
            "status.phase",
            phase,
            deleting ? "must be Terminating while the namespace is being deleted"
                     : "must be Active unless the namespace is being deleted")};
    }

    [[nodiscard]] std::vector<std::pair<std::string, std::string>> selectable_fields(
        const Json& object) const override {
        return {{"status.phase", text_at(object, {"status", "phase"})}};
    }
};

}  // namespace

const Strategy& namespace_strategy() {
    static const NamespaceStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
