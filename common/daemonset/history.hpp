#pragma once
#include "common/api/controller_revision.hpp"
#include "common/api/daemonset.hpp"
#include "common/daemonset/survey.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace picket::daemonset {

using RevisionPtr = std::shared_ptr<const ControllerRevision>;

/// The patch that brings a set back to its present template:
/// {"spec":{"template":{…,"$patch":"replace"}}}. Clients send it byte for byte when they roll back.
[[nodiscard]] Json revision_data(const PodTemplate& pod_template);
/// A short stable hash of the template in letters that are safe in names. `collisions` makes
/// another one of it.
[[nodiscard]] std::string template_hash(
    const PodTemplate& pod_template, std::optional<std::int64_t> collisions);
/// "web-5f7c9d": the set's name, cut where the whole would be too long for a name, and the hash.
[[nodiscard]] std::string revision_name(const DaemonSet& set, const std::string& hash);
/// The revision object to create for the set's present template.
[[nodiscard]] Json make_revision(
    const DaemonSet& set, const std::string& hash, std::int64_t number);

/// What has to happen so that exactly one revision stands for the present template, with the
/// highest number.
struct HistoryPlan {
    /// The revision of the present template; null: create one, with `hash` and `number`.
    RevisionPtr current = nullptr;
    std::string hash;  ///< what the pods of the present template wear
    std::int64_t number =
        1;  ///< of the revision to create, or to give to `current` if that has another
    bool renumber = false;  ///< `current` is an older revision that came back (rollback)
    /// Revisions without a hash label get their name as label.
    std::vector<RevisionPtr> unlabelled = {};
    /// Other revisions of the same template: pods that wear their hash are relabelled, then they
    /// are deleted.
    std::vector<RevisionPtr> duplicates = {};
};

/// `revisions`: those the set owns.
[[nodiscard]] HistoryPlan plan_history(
    const DaemonSet& set, const std::vector<RevisionPtr>& revisions);

/// Old revisions beyond the set's limit, the lowest numbers first, but none whose hash a living pod
/// wears.
[[nodiscard]] std::vector<RevisionPtr> surplus_revisions(
    const DaemonSet& set,
    const std::vector<RevisionPtr>& revisions,
    const std::string& current_hash,
    const std::set<std::string>& hashes_in_use);

/// The hash a revision's pods wear: its label, or its name where it has none.
[[nodiscard]] std::string revision_hash(const ControllerRevision& revision);

}  // namespace picket::daemonset
