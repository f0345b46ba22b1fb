#include "apiserver/routes/daemonset_survey.hpp"

#include "common/base/json_text.hpp"
#include "common/daemonset/ownership.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

using daemonset::Claim;

/// Everything of the set's namespace that its selector matches.
storage::Filter selected_by(const DaemonSet& set) {
    storage::Filter filter;
    filter.namespace_name = set.meta.namespace_name;
    filter.predicate = [selector = set.selector](const storage::StoredObject& object) {
        return selector && selector->matches(object.attributes.labels);
    };
    return filter;
}

daemonset::NodesByName nodes_of(const storage::Store& store, const std::string& only) {
    storage::Filter filter;
    filter.name = only;
    daemonset::NodesByName nodes;
    for (const auto& object : store.list("nodes", filter, 0, std::nullopt).objects) {
        nodes[object->key.name] =
            std::make_shared<const Node>(Node::parse(parse_json(*object->bytes)));
    }
    return nodes;
}

daemonset::PodsByNode pods_of(
    const storage::Store& store, const std::string& node, DaemonSetSurvey& survey) {
    auto filter = selected_by(survey.set);
    if (!node.empty()) filter.field = {"spec.nodeName", node};
    daemonset::PodsByNode pods;
    for (const auto& object : store.list("pods", filter, 0, std::nullopt).objects) {
        auto document = parse_json(*object->bytes);
        auto pod = std::make_shared<const Pod>(Pod::parse(document));
        const auto claim = daemonset::claim_object(survey.set, pod->meta);
        if (claim != Claim::Keep && claim != Claim::Adopt) continue;
        if (claim == Claim::Adopt) ++survey.bare_pods;
        survey.statuses[pod->meta.uid] = std::move(document["status"]);
        pods[pod->target_node()].push_back(std::move(pod));
    }
    return pods;
}

daemonset::CurrentRevision revision_of(const storage::Store& store, const DaemonSet& set) {
    std::vector<daemonset::RevisionPtr> owned;
    const auto found =
        store.list("controllerrevisions.apps", selected_by(set), 0, std::nullopt).objects;
    for (const auto& object : found) {
        auto revision = std::make_shared<const ControllerRevision>(
            ControllerRevision::parse(parse_json(*object->bytes)));
        if (daemonset::claim_object(set, revision->meta) == Claim::Keep)
            owned.push_back(std::move(revision));
    }
    const auto plan = daemonset::plan_history(set, owned);
    daemonset::CurrentRevision revision{plan.hash, set.template_generation()};
    if (plan.current) revision.since = plan.current->meta.created;
    return revision;
}

}  // namespace

DaemonSetSurvey survey_daemonset(
    const storage::Store& store, const Json& set, const std::string& node) {
    DaemonSetSurvey survey;
    survey.set = DaemonSet::parse(set);
    survey.revision = revision_of(store, survey.set);
    const auto nodes = nodes_of(store, node);
    const auto pods = pods_of(store, node, survey);
    survey.situations = daemonset::survey(survey.set, nodes, pods);
    return survey;
}

}  // namespace picket::apiserver
