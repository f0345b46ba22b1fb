#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <utility>

namespace picket::registry {
namespace {

void validate_taints(const Json& taints, FieldErrors& errors) {
    std::set<std::pair<std::string, std::string>> known;
    for_each(taints, "spec.taints", [&](const Json& taint, const std::string& path) {
        const auto key = json_read::text(taint, "key");
        const auto value = json_read::text(taint, "value");
        if (!key.empty())
            add_problems(check_qualified_name(key), field::child(path, "key"), key, errors);
        add_problems(check_label_value(value), field::child(path, "value"), value, errors);
        if (!known.emplace(key, json_read::text(taint, "effect")).second) {
            errors.push_back(field::duplicate(path, taint));
        }
    });
}

const Json* same_taint(const Json& taints, const Json& wanted) {
    for (const auto& taint : taints) {
        if (json_read::text(taint, "key") == json_read::text(wanted, "key") &&
            json_read::text(taint, "effect") == json_read::text(wanted, "effect"))
            return &taint;
    }
    return nullptr;
}

/// Says since when a taint is there, where its author did not: the time that pods tolerate it
/// counts from then, whatever restarts meanwhile, and people are told.
void date_taints(Json& object, const Json& old, TimePoint now) {
    if (at(object, {"spec", "taints"}).is_null()) return;
    for (auto& taint : object["spec"]["taints"]) {
        if (has(taint, "timeAdded")) continue;
        const auto* known = same_taint(at(old, {"spec", "taints"}), taint);
        taint["timeAdded"] = known != nullptr && has(*known, "timeAdded") ? known->at("timeAdded")
                                                                          : Json(format_time(now));
    }
}

/// Agents register with their status, so a create keeps it.
class NodeStrategy final : public Strategy {
public:
    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        validate_taints(at(object, {"spec", "taints"}), errors);
        return errors;
    }

    void prepare_for_create(Json& object, const RequestContext& context) const override {
        date_taints(object, nullptr, context.now);
    }

    void prepare_for_update(
        Json& object, const Json& old, const RequestContext& context) const override {
        restore(object, old, "status");
        date_taints(object, old, context.now);
    }

    [[nodiscard]] std::vector<std::pair<std::string, std::string>> selectable_fields(
        const Json& object) const override {
        const bool cordoned = json_read::boolean(member(object, "spec"), "unschedulable");
        return {{"spec.unschedulable", cordoned ? "true" : "false"}};
    }
};

}  // namespace

const Strategy& node_strategy() {
    static const NodeStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
