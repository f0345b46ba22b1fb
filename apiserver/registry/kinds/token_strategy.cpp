#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

/// The secret itself is never stored: the route that makes a token sets `hash` and shows the secret
/// once in `status`.
class TokenStrategy final : public Strategy {
public:
    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& context) const override {
        const auto& spec = member(object, "spec");
        FieldErrors errors;
        for_each(
            member(spec, "groups"), "spec.groups", [&](const Json& group, const std::string& path) {
                if (group == "") errors.push_back(field::required(path));
            });
        const auto expires = json_read::time(spec, "expirationTime");
        if (expires && *expires <= context.now) {
            errors.push_back(field::invalid(
                "spec.expirationTime", spec.at("expirationTime"), "must be in the future"));
        }
        return errors;
    }
};

}  // namespace

const Strategy& token_strategy() {
    static const TokenStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
