#include "apiserver/registry/kinds/kinds.hpp"
#include "apiserver/registry/kinds/pod_rules.hpp"
#include "apiserver/registry/object_meta.hpp"
#include "apiserver/registry/pod_spec/pod_spec.hpp"
#include "common/api/pod_resources.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

constexpr std::int64_t kDefaultGrace = 30;

bool is_terminal(const Json& pod) {
    const auto phase = text_at(pod, {"status", "phase"});
    return phase == "Succeeded" || phase == "Failed";
}

class PodStrategy final : public Strategy {
public:
    void default_object(Json& object, const RequestContext& /*context*/) const override {
        default_pod_spec(object_in(object, "spec"), PodSpecUse::Pod);
    }

    void prepare_for_create(Json& object, const RequestContext& /*context*/) const override {
        auto& spec = object_in(object, "spec");
        add_default_tolerations(spec);
        object["status"] = {{"phase", "Pending"}, {"qosClass", qos_class(spec)}};
        object_in(object, "metadata")["generation"] = 1;
    }

    [[nodiscard]] std::vector<std::string> warnings(
        const Json& object, const RequestContext& /*context*/) const override {
        if (!text_at(object, {"spec", "nodeName"}).empty()) return {};
        return {
            "spec.nodeName: not set; without a scheduler the pod stays Pending until it is bound"};
    }

    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        validate_pod_spec(member(object, "spec"), "spec", PodSpecUse::Pod, errors);
        validate_affinity_annotation(member(object, "metadata"), "metadata.annotations", errors);
        return errors;
    }

    void prepare_for_update(
        Json& object, const Json& old, const RequestContext& /*context*/) const override {
        restore(object, old, "status");
        set_generation(object, old, member(object, "spec") != member(old, "spec"));
    }

    [[nodiscard]] FieldErrors validate_update(
        const Json& object, const Json& old, const RequestContext& /*context*/) const override {
        return validate_pod_update(object, old);
    }

    [[nodiscard]] std::vector<std::pair<std::string, std::string>> selectable_fields(
        const Json& object) const override {
        const auto& spec = member(object, "spec");
        const auto& status = member(object, "status");
        return {
            {"spec.nodeName", json_read::text(spec, "nodeName")},
            {"spec.restartPolicy", json_read::text(spec, "restartPolicy")},
            {"spec.schedulerName", json_read::text(spec, "schedulerName")},
            {"spec.serviceAccountName", json_read::text(spec, "serviceAccountName")},
            {"spec.hostNetwork", json_read::boolean(spec, "hostNetwork") ? "true" : "false"},
            {"status.phase", json_read::text(status, "phase")},
            {"status.podIP", json_read::text(status, "podIP")},
            {"status.nominatedNodeName", json_read::text(status, "nominatedNodeName")}};
    }

    /// A pod that no agent runs goes at once; the others wait for their agent.
    [[nodiscard]] std::int64_t grace_seconds(
        const Json& object,
        std::optional<std::int64_t> requested,
        const RequestContext& /*context*/) const override {
        const auto& spec = member(object, "spec");
        if (json_read::text(spec, "nodeName").empty() || is_terminal(object)) return 0;
        const auto grace = requested.value_or(
            json_read::integer(spec, "terminationGracePeriodSeconds", kDefaultGrace));
        return grace < 0 ? 1 : grace;
    }
};

}  // namespace

const Strategy& pod_strategy() {
    static const PodStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
