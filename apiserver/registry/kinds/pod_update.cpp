#include "apiserver/registry/kinds/pod_rules.hpp"
#include "common/api/taint.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket::registry {
namespace {

constexpr std::array kContainerLists = {"containers", "initContainers"};
constexpr std::int64_t kDefaultTolerationSeconds = 300;

bool check_container_count(const Json& spec, const Json& before, FieldErrors& errors) {
    bool same = true;
    for (const auto* list : kContainerLists) {
        if (member(spec, list).size() == member(before, list).size()) continue;
        same = false;
        errors.push_back(field::forbidden(
            field::child("spec", list), "pod updates may not add or remove containers"));
    }
    return same;
}

void check_deadline(const Json& spec, const Json& before, FieldErrors& errors) {
    const auto& deadline = member(spec, "activeDeadlineSeconds");
    const auto& earlier = member(before, "activeDeadlineSeconds");
    if (earlier.is_null() || (!deadline.is_null() && deadline <= earlier)) return;
    errors.push_back(field::invalid(
        "spec.activeDeadlineSeconds",
        deadline,
        "must be less than or equal to the previous value"));
}

/// An existing toleration may only change for how long it holds.
bool is_kept(const Toleration& earlier, const std::vector<Toleration>& tolerations) {
    return std::ranges::any_of(tolerations, [&](Toleration toleration) {
        toleration.seconds = earlier.seconds;
        return toleration == earlier;
    });
}

void check_tolerations(const Json& spec, const Json& before, FieldErrors& errors) {
    const auto tolerations = parse_tolerations(member(spec, "tolerations"));
    const auto earlier = parse_tolerations(member(before, "tolerations"));
    if (std::ranges::all_of(
            earlier, [&](const Toleration& one) { return is_kept(one, tolerations); }))
        return;
    errors.push_back(field::forbidden(
        "spec.tolerations",
        "existing toleration can not be modified except its tolerationSeconds"));
}

/// The old spec with everything taken over from the new one that may change.
Json with_allowed_changes(const Json& spec, const Json& before) {
    auto allowed = before;
    for (const auto* list : kContainerLists) {
        for (std::size_t i = 0; i < member(before, list).size(); ++i)
            restore(allowed[list][i], spec[list][i], "image");
    }
    for (const auto* key : {"activeDeadlineSeconds", "tolerations"}) restore(allowed, spec, key);
    if (has(before, "schedulingGates") && !has(spec, "schedulingGates"))
        drop(allowed, "schedulingGates");
    const bool negative_grace = json_read::integer(before, "terminationGracePeriodSeconds") < 0;
    if (negative_grace && json_read::integer(spec, "terminationGracePeriodSeconds") == 1) {
        allowed["terminationGracePeriodSeconds"] = 1;
    }
    return allowed;
}

bool tolerates(const Json& spec, std::string_view key) {
    return tolerated(
        Taint{.key = std::string(key), .effect = TaintEffect::NoExecute},
        parse_tolerations(member(spec, "tolerations")));
}

}  // namespace

FieldErrors validate_pod_update(const Json& object, const Json& old) {
    const auto& spec = member(object, "spec");
    const auto& before = member(old, "spec");
    FieldErrors errors;
    if (!check_container_count(spec, before, errors)) return errors;
    check_deadline(spec, before, errors);
    check_tolerations(spec, before, errors);
    if (spec != with_allowed_changes(spec, before)) {
        errors.push_back(field::forbidden(
            "spec",
            "pod updates may not change fields other than `spec.containers[*].image`, "
            "`spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.tolerations` "
            "(only additions to "
            "existing tolerations)"));
    }
    return errors;
}

void add_default_tolerations(Json& spec) {
    for (const std::string_view key :
         {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
        if (tolerates(spec, key)) continue;
        spec["tolerations"].push_back(
            {{"key", key},
             {"operator", "Exists"},
             {"effect", "NoExecute"},
             {"tolerationSeconds", kDefaultTolerationSeconds}});
    }
}

}  // namespace picket::registry
