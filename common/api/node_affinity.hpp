#pragma once
#include "common/api/label_selector.hpp"
#include "common/base/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket {

/// Invalid stands for a requirement that cannot be evaluated: unknown operator, wrong number of
/// values, or an operand of Gt/Lt that is no integer.
enum class NodeSelectorOperator { In, NotIn, Exists, DoesNotExist, Gt, Lt, Invalid };

struct NodeSelectorRequirement {
    std::string key;
    NodeSelectorOperator op = NodeSelectorOperator::Invalid;
    std::vector<std::string> values = {};

    static NodeSelectorRequirement parse(const Json& requirement);
    /// `value`: the label's value, or nothing where the label is absent.
    [[nodiscard]] bool matches(std::optional<std::string_view> value) const;
};

/// ANDed. A term without any requirement matches nothing.
struct NodeSelectorTerm {
    std::vector<NodeSelectorRequirement> expressions;
    std::vector<NodeSelectorRequirement> fields = {};  ///< over metadata.name only

    [[nodiscard]] bool valid() const;
    [[nodiscard]] bool matches(const Labels& node_labels, std::string_view node_name) const;
};

/// The required part of a node affinity. Terms are ORed; an empty list matches nothing.
///
/// The two forms differ in one thing: `spec.affinity` passes over a term that cannot be evaluated
/// and tries the next, the annotation of the 2016 document gives up there with "no match".
struct NodeAffinity {
    std::vector<NodeSelectorTerm> terms;
    bool stops_at_invalid_term = false;

    [[nodiscard]] bool matches(const Labels& node_labels, std::string_view node_name) const;
    /// The one node that the terms name by metadata.name, if they name exactly one.
    [[nodiscard]] std::optional<std::string> single_node() const;
};

inline constexpr const char* kAffinityAnnotation = "scheduler.alpha.kubernetes.io/affinity";

/// From a pod spec's `affinity`; nothing if it requires nothing of the node.
[[nodiscard]] std::optional<NodeAffinity> parse_node_affinity(const Json& affinity);
/// From the annotation's text. Text that is not JSON matches no node.
[[nodiscard]] std::optional<NodeAffinity> parse_affinity_annotation(std::string_view text);

}  // namespace picket
