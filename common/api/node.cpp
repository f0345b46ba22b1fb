#include "common/api/node.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket {
namespace {

NodeCondition parse_node_condition(const Json& condition) {
    return {
        json_read::text(condition, "type"),
        parse_condition_status(json_read::text(condition, "status")),
        json_read::text(condition, "reason"),
        json_read::time(condition, "lastHeartbeatTime"),
        json_read::time(condition, "lastTransitionTime")};
}

}  // namespace

ConditionStatus parse_condition_status(std::string_view text) {
    if (text == "True") return ConditionStatus::True;
    if (text == "False") return ConditionStatus::False;
    return text.empty() ? ConditionStatus::Absent : ConditionStatus::Unknown;
}

Node Node::parse(const Json& object) {
    const auto& spec = json_read::member(object, "spec");
    Node node;
    node.meta = ObjectMeta::parse(json_read::member(object, "metadata"));
    node.unschedulable = json_read::boolean(spec, "unschedulable");
    node.taints = parse_taints(json_read::member(spec, "taints"));
    for (const auto& condition :
         json_read::member(json_read::member(object, "status"), "conditions")) {
        node.conditions.push_back(parse_node_condition(condition));
    }
    return node;
}

const NodeCondition* Node::condition(std::string_view type) const {
    const auto found =
        std::find_if(conditions.begin(), conditions.end(), [&](const auto& condition) {
            return condition.type == type;
        });
    return found == conditions.end() ? nullptr : &*found;
}

ConditionStatus Node::condition_status(std::string_view type) const {
    const auto* found = condition(type);
    return found == nullptr ? ConditionStatus::Absent : found->status;
}

}  // namespace picket
