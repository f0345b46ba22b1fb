#include "common/api/virtual_resources.hpp"

#include <algorithm>
#include <vector>

namespace picket {
namespace {

/// A question that is answered in the answer to its POST.
Resource review(
    std::string_view group_version,
    std::string_view plural,
    std::string_view singular,
    std::string_view kind,
    bool namespaced = false) {
    return {
        .plural = plural,
        .singular = singular,
        .kind = kind,
        .namespaced = namespaced,
        .group_versions = {group_version},
        .short_names = {},
        .categories = {},
        .verbs = {"create"},
        .subresources = {}};
}

/// What a host or a pod uses, measured when it is asked for.
Resource usage(std::string_view plural, std::string_view kind, bool namespaced) {
    return {
        .plural = plural,
        .singular = "",
        .kind = kind,
        .namespaced = namespaced,
        .group_versions = {"metrics.k8s.io/v1beta1"},
        .short_names = {},
        .categories = {},
        .verbs = {"get", "list"},
        .subresources = {}};
}

/// What is answered about a DaemonSet of apps/v1. The group has no such kind itself, so only the
/// two are found, and nobody takes them for another way to get a DaemonSet.
Resource views_of_daemon_sets() {
    return {
        .plural = "daemonsets",
        .singular = "",
        .kind = "",
        .namespaced = true,
        .group_versions = {"picket.dev/v1"},
        .short_names = {},
        .categories = {},
        .verbs = {},
        .subresources = {
            {"placement", "", "Placement", {"get"}}, {"plan", "", "Plan", {"create"}}}};
}

const std::vector<Resource>& served_virtually() {
    constexpr std::string_view kAuthorization = "authorization.k8s.io/v1";
    static const std::vector<Resource> table = {
        review(
            "authentication.k8s.io/v1",
            "selfsubjectreviews",
            "selfsubjectreview",
            "SelfSubjectReview"),
        review("authentication.k8s.io/v1", "tokenreviews", "tokenreview", "TokenReview"),
        review(
            kAuthorization,
            "localsubjectaccessreviews",
            "localsubjectaccessreview",
            "LocalSubjectAccessReview",
            true),
        review(
            kAuthorization,
            "selfsubjectaccessreviews",
            "selfsubjectaccessreview",
            "SelfSubjectAccessReview"),
        review(
            kAuthorization,
            "selfsubjectrulesreviews",
            "selfsubjectrulesreview",
            "SelfSubjectRulesReview"),
        review(
            kAuthorization, "subjectaccessreviews", "subjectaccessreview", "SubjectAccessReview"),
        usage("nodes", "NodeMetrics", false),
        usage("pods", "PodMetrics", true),
        views_of_daemon_sets(),
    };
    return table;
}

}  // namespace

std::span<const Resource> virtual_resources() {
    return served_virtually();
}

const Resource* find_virtual_resource(std::string_view group_version, std::string_view plural) {
    const auto found = std::ranges::find_if(served_virtually(), [&](const Resource& resource) {
        return resource.plural == plural && resource.serves(group_version);
    });
    return found == served_virtually().end() ? nullptr : &*found;
}

}  // namespace picket
