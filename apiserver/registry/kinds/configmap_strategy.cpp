#include "apiserver/registry/kinds/data_rules.hpp"
#include "apiserver/registry/kinds/kinds.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

class ConfigMapStrategy final : public Strategy {
public:
    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        validate_data(object, errors);
        return errors;
    }

    [[nodiscard]] FieldErrors validate_update(
        const Json& object, const Json& old, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        validate_immutable(object, old, {"data", "binaryData"}, errors);
        return errors;
    }
};

}  // namespace

const Strategy& configmap_strategy() {
    static const ConfigMapStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
