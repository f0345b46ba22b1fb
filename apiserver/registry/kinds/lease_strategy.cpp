#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <ranges>
#include <string_view>

namespace picket::registry {
namespace {

/// Whether both have the same members, apart from those named.
bool same_except(
    const Json& left, const Json& right, std::initializer_list<std::string_view> names) {
    if (!left.is_object() || !right.is_object()) return left == right;
    const auto counts = [names](const auto& entry) {
        return std::ranges::find(names, std::string_view(entry.first)) == names.end();
    };
    return std::ranges::equal(
        left.get_ref<const Json::object_t&>() | std::views::filter(counts),
        right.get_ref<const Json::object_t&>() | std::views::filter(counts));
}

class LeaseStrategy final : public Strategy {
public:
    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        const auto& spec = member(object, "spec");
        FieldErrors errors;
        check_not_negative(spec, "leaseTransitions", "spec", errors);
        const auto& duration = member(spec, "leaseDurationSeconds");
        if (!duration.is_null() && duration <= 0) {
            errors.push_back(
                field::invalid("spec.leaseDurationSeconds", duration, "must be greater than 0"));
        }
        return errors;
    }

    /// A renewal changes the times, and every write the version. Every host asks this every few
    /// seconds, so nothing is copied.
    [[nodiscard]] bool volatile_update(const Json& object, const Json& old) const override {
        const auto same = [&](const char* part, std::initializer_list<std::string_view> changing) {
            return same_except(member(object, part), member(old, part), changing);
        };
        return same("spec", {"acquireTime", "renewTime"}) &&
               same("metadata", {"resourceVersion", "managedFields"}) &&
               same_except(object, old, {"spec", "metadata"});
    }
};

}  // namespace

const Strategy& lease_strategy() {
    static const LeaseStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
