#include "common/api/node_affinity.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace picket {
namespace {

std::optional<std::int64_t> to_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

NodeSelectorOperator operator_named(std::string_view name) {
    using enum NodeSelectorOperator;
    if (name == "In") return In;
    if (name == "NotIn") return NotIn;
    if (name == "Exists") return Exists;
    if (name == "DoesNotExist") return DoesNotExist;
    if (name == "Gt") return Gt;
    if (name == "Lt") return Lt;
    return Invalid;
}

bool values_fit(NodeSelectorOperator op, const std::vector<std::string>& values) {
    switch (op) {
        case NodeSelectorOperator::In:
        case NodeSelectorOperator::NotIn:
            return !values.empty();
        case NodeSelectorOperator::Exists:
        case NodeSelectorOperator::DoesNotExist:
            return values.empty();
        case NodeSelectorOperator::Gt:
        case NodeSelectorOperator::Lt:
            return values.size() == 1 && to_integer(values.front()).has_value();
        case NodeSelectorOperator::Invalid:
            break;
    }
    return false;
}

bool listed(const std::vector<std::string>& values, std::string_view value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

bool compares(std::string_view value, const std::string& operand, NodeSelectorOperator op) {
    const auto left = to_integer(value);
    const auto right = to_integer(operand);
    if (!left || !right) return false;
    return op == NodeSelectorOperator::Gt ? *left > *right : *left < *right;
}

std::vector<NodeSelectorRequirement> parse_requirements(const Json& list) {
    std::vector<NodeSelectorRequirement> requirements;
    for (const auto& requirement : list)
        requirements.push_back(NodeSelectorRequirement::parse(requirement));
    return requirements;
}

const Json& required_block(const Json& affinity) {
    return json_read::member(
        json_read::member(affinity, "nodeAffinity"),
        "requiredDuringSchedulingIgnoredDuringExecution");
}

std::optional<std::string_view> label_value(const Labels& labels, const std::string& key) {
    const auto found = labels.find(key);
    if (found == labels.end()) return std::nullopt;
    return found->second;
}

}  // namespace

NodeSelectorRequirement NodeSelectorRequirement::parse(const Json& requirement) {
    NodeSelectorRequirement result;
    result.key = json_read::text(requirement, "key");
    result.values = json_read::strings(requirement, "values");
    const auto op = operator_named(json_read::text(requirement, "operator"));
    if (values_fit(op, result.values)) result.op = op;
    return result;
}

bool NodeSelectorRequirement::matches(std::optional<std::string_view> value) const {
    switch (op) {
        case NodeSelectorOperator::In:
            return value && listed(values, *value);
        case NodeSelectorOperator::NotIn:
            return !value || !listed(values, *value);
        case NodeSelectorOperator::Exists:
            return value.has_value();
        case NodeSelectorOperator::DoesNotExist:
            return !value.has_value();
        case NodeSelectorOperator::Gt:
        case NodeSelectorOperator::Lt:
            return value && compares(*value, values.front(), op);
        case NodeSelectorOperator::Invalid:
            break;
    }
    return false;
}

bool NodeSelectorTerm::valid() const {
    const auto evaluable = [](const auto& requirement) {
        return requirement.op != NodeSelectorOperator::Invalid;
    };
    const auto known_field = [](const auto& requirement) {
        return requirement.key == "metadata.name";
    };
    return std::all_of(expressions.begin(), expressions.end(), evaluable) &&
           std::all_of(fields.begin(), fields.end(), evaluable) &&
           std::all_of(fields.begin(), fields.end(), known_field);
}

bool NodeSelectorTerm::matches(const Labels& node_labels, std::string_view node_name) const {
    if ((expressions.empty() && fields.empty()) || !valid()) return false;
    const auto label_matches = [&](const auto& requirement) {
        return requirement.matches(label_value(node_labels, requirement.key));
    };
    const auto name_matches = [&](const auto& requirement) {
        return requirement.matches(node_name);
    };
    return std::all_of(expressions.begin(), expressions.end(), label_matches) &&
           std::all_of(fields.begin(), fields.end(), name_matches);
}

bool NodeAffinity::matches(const Labels& node_labels, std::string_view node_name) const {
    for (const auto& term : terms) {
        if (stops_at_invalid_term && !term.valid()) return false;
        if (term.matches(node_labels, node_name)) return true;
    }
    return false;
}

std::optional<std::string> NodeAffinity::single_node() const {
    if (terms.size() != 1) return std::nullopt;
    for (const auto& field : terms.front().fields) {
        if (field.op == NodeSelectorOperator::In && field.values.size() == 1)
            return field.values.front();
    }
    return std::nullopt;
}

std::optional<NodeAffinity> parse_node_affinity(const Json& affinity) {
    const auto& required = required_block(affinity);
    if (!required.is_object()) return std::nullopt;
    NodeAffinity result;
    for (const auto& term : json_read::member(required, "nodeSelectorTerms")) {
        result.terms.push_back(
            {parse_requirements(json_read::member(term, "matchExpressions")),
             parse_requirements(json_read::member(term, "matchFields"))});
    }
    return result;
}

std::optional<NodeAffinity> parse_affinity_annotation(std::string_view text) {
    const auto document = Json::parse(text, nullptr, false);
    if (document.is_discarded()) return NodeAffinity{};
    auto affinity = parse_node_affinity(document);
    if (!affinity) return std::nullopt;
    affinity->stops_at_invalid_term = true;
    for (auto& term : affinity->terms) term.fields.clear();
    return affinity;
}

}  // namespace picket
