#include "common/daemonset/history.hpp"

#include "common/base/encoding.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace picket::daemonset {
namespace {

/// No vowels and no digits that look like letters, so that no word comes out.
constexpr std::string_view kSafeLetters = "bcdfghjklmnpqrstvwxz2456789";

std::string in_safe_letters(std::uint32_t number) {
    auto text = std::to_string(number);
    for (auto& digit : text)
        digit = kSafeLetters[static_cast<unsigned char>(digit) % kSafeLetters.size()];
    return text;
}

bool lower_number(const RevisionPtr& left, const RevisionPtr& right) {
    return std::tie(left->revision, left->meta.name) < std::tie(right->revision, right->meta.name);
}

std::int64_t highest_number(const std::vector<RevisionPtr>& revisions) {
    const auto highest = std::max_element(revisions.begin(), revisions.end(), lower_number);
    return highest == revisions.end() ? 0 : (*highest)->revision;
}

std::vector<RevisionPtr> with_data(
    const std::vector<RevisionPtr>& revisions, const std::string& data) {
    std::vector<RevisionPtr> equal;
    for (const auto& revision : revisions) {
        if (revision->data == data) equal.push_back(revision);
    }
    std::sort(equal.begin(), equal.end(), lower_number);
    return equal;
}

std::vector<RevisionPtr> without_hash(const std::vector<RevisionPtr>& revisions) {
    std::vector<RevisionPtr> result;
    for (const auto& revision : revisions) {
        if (revision->meta.label(kRevisionHashLabel).empty()) result.push_back(revision);
    }
    return result;
}

}  // namespace

Json revision_data(const PodTemplate& pod_template) {
    auto document = *pod_template.document;
    document["$patch"] = "replace";
    // Clients encode an empty creation time and compare bytes before they roll back.
    document["metadata"]["creationTimestamp"] = nullptr;
    return {{"spec", {{"template", std::move(document)}}}};
}

std::string template_hash(const PodTemplate& pod_template, std::optional<std::int64_t> collisions) {
    auto text = canonical_text(*pod_template.document);
    if (collisions) text += std::to_string(*collisions);
    return in_safe_letters(fnv1a_32(text));
}

std::string revision_name(const DaemonSet& set, const std::string& hash) {
    constexpr std::size_t kLongestPrefix = 223;
    return set.meta.name.substr(0, kLongestPrefix) + "-" + hash;
}

Json make_revision(const DaemonSet& set, const std::string& hash, std::int64_t number) {
    Json labels = set.pod_template.labels;
    labels[kRevisionHashLabel] = hash;
    Json metadata{
        {"name", revision_name(set, hash)},
        {"namespace", set.meta.namespace_name},
        {"labels", std::move(labels)},
        {"ownerReferences", Json::array({to_json(set.owner_reference())})}};
    if (!set.annotations.empty()) metadata["annotations"] = set.annotations;
    return {
        {"apiVersion", "apps/v1"},
        {"kind", "ControllerRevision"},
        {"metadata", std::move(metadata)},
        {"data", revision_data(set.pod_template)},
        {"revision", number}};
}

HistoryPlan plan_history(const DaemonSet& set, const std::vector<RevisionPtr>& revisions) {
    const auto highest = highest_number(revisions);
    auto equal = with_data(revisions, canonical_text(revision_data(set.pod_template)));
    HistoryPlan plan;
    plan.unlabelled = without_hash(revisions);
    if (equal.empty()) {
        plan.hash = template_hash(set.pod_template, set.status.collision_count);
        plan.number = highest + 1;
        return plan;
    }
    plan.current = equal.back();
    equal.pop_back();
    plan.duplicates = std::move(equal);
    plan.hash = revision_hash(*plan.current);
    plan.renumber = plan.current->revision < highest;
    plan.number = plan.renumber ? highest + 1 : plan.current->revision;
    return plan;
}

std::vector<RevisionPtr> surplus_revisions(
    const DaemonSet& set,
    const std::vector<RevisionPtr>& revisions,
    const std::string& current_hash,
    const std::set<std::string>& hashes_in_use) {
    std::vector<RevisionPtr> old;
    for (const auto& revision : revisions) {
        if (revision_hash(*revision) != current_hash) old.push_back(revision);
    }
    std::sort(old.begin(), old.end(), lower_number);
    auto surplus = static_cast<std::int64_t>(old.size()) - set.revision_history_limit;
    std::vector<RevisionPtr> result;
    for (const auto& revision : old) {
        if (surplus <= 0) break;
        if (hashes_in_use.contains(revision_hash(*revision))) continue;
        result.push_back(revision);
        --surplus;
    }
    return result;
}

std::string revision_hash(const ControllerRevision& revision) {
    auto hash = revision.meta.label(kRevisionHashLabel);
    return hash.empty() ? revision.meta.name : hash;
}

}  // namespace picket::daemonset
