#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "common/base/field_error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket::registry {
namespace {

struct BuiltInClass {
    std::string_view name;
    std::int64_t value;
};
constexpr std::array kBuiltIn = {
    BuiltInClass{"system-node-critical", 2000001000},
    BuiltInClass{"system-cluster-critical", 2000000000}};
constexpr std::int64_t kHighestOwnPriority = 1000000000;
constexpr std::string_view kReservedPrefix = "system-";

void validate_value(const std::string& name, std::int64_t value, FieldErrors& errors) {
    if (name.starts_with(kReservedPrefix)) {
        const auto known = std::ranges::find(kBuiltIn, std::string_view(name), &BuiltInClass::name);
        if (known != kBuiltIn.end() && known->value == value) return;
        errors.push_back(field::forbidden(
            "metadata.name",
            fmt::format(
                "names that begin with \"{}\" are reserved for built-in classes",
                kReservedPrefix)));
    } else if (value > kHighestOwnPriority) {
        errors.push_back(field::forbidden(
            "value",
            fmt::format(
                "maximum allowed value of a user defined priority is {}", kHighestOwnPriority)));
    }
}

class PriorityClassStrategy final : public Strategy {
public:
    void default_object(Json& object, const RequestContext& /*context*/) const override {
        if (!has(object, "value")) object["value"] = 0;
    }

    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        validate_value(
            text_at(object, {"metadata", "name"}), json_read::integer(object, "value"), errors);
        return errors;
    }

    [[nodiscard]] FieldErrors validate_update(
        const Json& object, const Json& old, const RequestContext& /*context*/) const override {
        if (member(object, "value") == member(old, "value")) return {};
        return {field::forbidden("value", "may not be changed in an update")};
    }
};

}  // namespace

const Strategy& priority_class_strategy() {
    static const PriorityClassStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
