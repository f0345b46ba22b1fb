#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

/// A snapshot: its number may change, what it holds may not.
class ControllerRevisionStrategy final : public Strategy {
public:
    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        check_not_negative(object, "revision", "", errors);
        return errors;
    }

    [[nodiscard]] FieldErrors validate_update(
        const Json& object, const Json& old, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        check_unchanged(object, old, "data", "", errors);
        return errors;
    }
};

}  // namespace

const Strategy& controller_revision_strategy() {
    static const ControllerRevisionStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
