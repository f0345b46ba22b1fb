#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

class EndpointSliceStrategy final : public Strategy {
public:
    void default_object(Json& object, const RequestContext& /*context*/) const override {
        // Clients that read typed objects do not take an absent list for an empty one.
        if (!has(object, "endpoints")) object["endpoints"] = Json::array();
    }

    [[nodiscard]] FieldErrors validate_update(
        const Json& object, const Json& old, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        check_unchanged(object, old, "addressType", "", errors);
        return errors;
    }
};

}  // namespace

const Strategy& endpoint_slice_strategy() {
    static const EndpointSliceStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
