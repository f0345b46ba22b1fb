#pragma once
/// What the store knows of one DaemonSet, in the form that the decisions about DaemonSets take.
#include "apiserver/storage/store.hpp"
#include "common/api/controller_revision.hpp"
#include "common/base/json.hpp"
#include "common/daemonset/history.hpp"
#include "common/daemonset/pod_template.hpp"
#include "common/daemonset/survey.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace picket::apiserver {

struct DaemonSetSurvey {
    DaemonSet set;
    daemonset::CurrentRevision revision;
    std::vector<daemonset::NodeSituation> situations;
    std::map<std::string, Json> statuses;  ///< of the set's pods, by uid
    std::size_t bare_pods = 0;             ///< taken in though no controller made them
};

/// `node`: that node alone; empty: all. Costs what it returns: nodes and the set's own pods, found
/// by their labels.
[[nodiscard]] DaemonSetSurvey survey_daemonset(
    const storage::Store& store, const Json& set, const std::string& node = {});

}  // namespace picket::apiserver
