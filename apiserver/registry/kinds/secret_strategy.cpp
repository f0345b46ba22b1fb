#include "apiserver/registry/kinds/data_rules.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "common/base/encoding.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace picket::registry {
namespace {

struct RequiredKey {
    std::string_view type;
    const char* key;
};
constexpr std::array kRequiredKeys = {
    RequiredKey{"kubernetes.io/dockercfg", ".dockercfg"},
    RequiredKey{"kubernetes.io/dockerconfigjson", ".dockerconfigjson"},
    RequiredKey{"kubernetes.io/ssh-auth", "ssh-privatekey"},
    RequiredKey{"kubernetes.io/tls", "tls.crt"},
    RequiredKey{"kubernetes.io/tls", "tls.key"}};

class SecretStrategy final : public Strategy {
public:
    /// `stringData` is for writing only: it becomes part of `data`, where it wins.
    void default_object(Json& object, const RequestContext& /*context*/) const override {
        const auto plain = member(object, "stringData");
        drop(object, "stringData");
        if (!plain.is_object()) return;
        auto& data = object_in(object, "data");
        for (const auto& [key, value] : plain.items())
            data[key] = base64_encode(value.get_ref<const std::string&>());
    }

    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        validate_data(object, errors);
        const auto type = json_read::text(object, "type");
        for (const auto& required : kRequiredKeys) {
            if (required.type != type || has(member(object, "data"), required.key)) continue;
            errors.push_back(field::required(field::key("data", required.key)));
        }
        return errors;
    }

    [[nodiscard]] FieldErrors validate_update(
        const Json& object, const Json& old, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        check_unchanged(object, old, "type", "", errors);
        validate_immutable(object, old, {"data"}, errors);
        return errors;
    }

    [[nodiscard]] std::vector<std::pair<std::string, std::string>> selectable_fields(
        const Json& object) const override {
        return {{"type", json_read::text(object, "type")}};
    }
};

}  // namespace

const Strategy& secret_strategy() {
    static const SecretStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
