#pragma once
#include "common/daemonset/history.hpp"
#include "controller/daemonset/pod_control.hpp"

namespace picket::controller {

/// Keeps the ControllerRevisions of sets in line with their templates. Owned by the DaemonSet
/// controller.
class HistoryControl {
public:
    HistoryControl(client::ApiClient& api, SharedInformers& informers, PodControl& pods);

    /// Makes sure that one revision stands for the set's template, and returns it.
    Awaitable<Result<CurrentRevision>> sync(SetPtr set);
    /// Deletes what exceeds the set's history limit.
    Awaitable<Result<void>> clean_up(SetPtr set, std::string current_hash);
    /// The excused hosts that an earlier process wrote down.
    [[nodiscard]] Turns recall_turns(const DaemonSet& set) const;
    /// Writes the excused hosts on the revision in use, and nowhere else.
    Awaitable<Result<void>> keep_turns(SetPtr set, std::string current_hash, Turns turns);

private:
    [[nodiscard]] std::vector<RevisionPtr> owned_revisions(const DaemonSet& set) const;
    Awaitable<Result<std::vector<RevisionPtr>>> claim(SetPtr set);
    Awaitable<Result<std::string>> create(SetPtr set, std::string hash, std::int64_t number);
    Awaitable<Result<std::string>> settle_taken_name(SetPtr set, std::string hash);
    Awaitable<Result<void>> fold_duplicates(
        SetPtr set, std::vector<RevisionPtr> duplicates, std::string hash);
    Awaitable<Result<void>> patch(RevisionPtr revision, Json patch);
    Awaitable<Result<void>> remove(RevisionPtr revision);

    client::ApiClient& api_;
    SharedInformers& informers_;
    PodControl& pods_;
};

}  // namespace picket::controller
