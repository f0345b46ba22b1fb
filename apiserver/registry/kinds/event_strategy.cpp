#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

/// An event lives in the namespace of its object; one about a cluster-scoped object may live
/// anywhere.
class EventStrategy final : public Strategy {
public:
    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        const auto involved = text_at(object, {"involvedObject", "namespace"});
        if (involved.empty() || involved == text_at(object, {"metadata", "namespace"})) return {};
        return {
            field::invalid("involvedObject.namespace", involved, "does not match event.namespace")};
    }

    [[nodiscard]] std::vector<std::pair<std::string, std::string>> selectable_fields(
        const Json& object) const override {
        std::vector<std::pair<std::string, std::string>> fields;
        const auto& involved = member(object, "involvedObject");
        for (const auto* key :
             {"apiVersion", "fieldPath", "kind", "name", "namespace", "resourceVersion", "uid"}) {
            fields.emplace_back(
                field::child("involvedObject", key), json_read::text(involved, key));
        }
        for (const auto* key : {"reason", "reportingComponent", "type"}) {
            fields.emplace_back(key, json_read::text(object, key));
        }
        const auto component = text_at(object, {"source", "component"});
        fields.emplace_back(
            "source",
            component.empty() ? json_read::text(object, "reportingComponent") : component);
        return fields;
    }
};

}  // namespace

const Strategy& event_strategy() {
    static const EventStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
