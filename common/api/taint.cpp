#include "common/api/taint.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket {

TaintEffect parse_taint_effect(std::string_view text) {
    if (text == "NoSchedule") return TaintEffect::NoSchedule;
    if (text == "PreferNoSchedule") return TaintEffect::PreferNoSchedule;
    if (text == "NoExecute") return TaintEffect::NoExecute;
    return TaintEffect::Any;
}

std::string_view format_taint_effect(TaintEffect effect) {
    switch (effect) {
        case TaintEffect::NoSchedule:
            return "NoSchedule";
        case TaintEffect::PreferNoSchedule:
            return "PreferNoSchedule";
        case TaintEffect::NoExecute:
            return "NoExecute";
        case TaintEffect::Any:
            break;
    }
    return "";
}

Taint Taint::parse(const Json& taint) {
    return {
        json_read::text(taint, "key"),
        json_read::text(taint, "value"),
        parse_taint_effect(json_read::text(taint, "effect")),
        json_read::time(taint, "timeAdded")};
}

std::string Taint::to_string() const {
    std::string result = key;
    if (!value.empty()) result += "=" + value;
    return result.append(":").append(format_taint_effect(effect));
}

Json to_json(const Taint& taint) {
    Json result{{"key", taint.key}, {"effect", format_taint_effect(taint.effect)}};
    if (!taint.value.empty()) result["value"] = taint.value;
    if (taint.added) result["timeAdded"] = format_time(*taint.added);
    return result;
}

Toleration Toleration::parse(const Json& toleration) {
    Toleration result;
    result.key = json_read::text(toleration, "key");
    result.exists = json_read::text(toleration, "operator") == "Exists";
    result.value = json_read::text(toleration, "value");
    result.effect = parse_taint_effect(json_read::text(toleration, "effect"));
    const auto& seconds = json_read::member(toleration, "tolerationSeconds");
    if (seconds.is_number_integer()) result.seconds = seconds.get<std::int64_t>();
    return result;
}

bool Toleration::covers(const Taint& taint) const {
    if (effect != TaintEffect::Any && effect != taint.effect) return false;
    if (!key.empty() && key != taint.key) return false;
    if (exists) return true;
    return !key.empty() && value == taint.value;
}

Json to_json(const Toleration& toleration) {
    Json result{{"operator", toleration.exists ? "Exists" : "Equal"}};
    if (!toleration.key.empty()) result["key"] = toleration.key;
    if (!toleration.value.empty()) result["value"] = toleration.value;
    if (toleration.effect != TaintEffect::Any)
        result["effect"] = format_taint_effect(toleration.effect);
    if (toleration.seconds) result["tolerationSeconds"] = *toleration.seconds;
    return result;
}

std::vector<Taint> parse_taints(const Json& list) {
    std::vector<Taint> taints;
    for (const auto& taint : list) taints.push_back(Taint::parse(taint));
    return taints;
}

std::vector<Toleration> parse_tolerations(const Json& list) {
    std::vector<Toleration> tolerations;
    for (const auto& toleration : list) tolerations.push_back(Toleration::parse(toleration));
    return tolerations;
}

bool tolerated(const Taint& taint, std::span<const Toleration> tolerations) {
    return std::any_of(tolerations.begin(), tolerations.end(), [&](const auto& toleration) {
        return toleration.covers(taint);
    });
}

}  // namespace picket
