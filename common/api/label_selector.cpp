#include "common/api/label_selector.hpp"

#include "common/api/json_read.hpp"
#include "common/api/names.hpp"
#include "common/api/status.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>

namespace picket {
namespace {

using Requirement = LabelSelector::Requirement;

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Reads the query form from left to right. Its grammar, with blanks allowed between tokens:
///
///   selector    = [ requirement { "," requirement } ]
///   requirement = "!" key | key [ ("=" | "==" | "!=") value | (">" | "<") number |
///                 ("in" | "notin") "(" value { "," value } ")" ]
class SelectorParser {
public:
    explicit SelectorParser(std::string_view text) : text_(text) {}

    Result<std::vector<Requirement>> parse() {
        std::vector<Requirement> requirements;
        skip_blanks();
        if (at_end()) return requirements;
        do {
            auto requirement = parse_requirement();
            if (!requirement) return requirement.error();
            requirements.push_back(std::move(*requirement));
        } while (take(","));
        if (!at_end()) return expected("',' or the end");
        return requirements;
    }

private:
    Result<Requirement> parse_requirement() {
        const bool negated = take("!");
        const auto key_position = position_;
        const auto key = take_word();
        if (key.empty()) return expected("a label key");
        if (const auto problems = check_qualified_name(key); !problems.empty()) {
            return problem_at(
                key_position, fmt::format("label key \"{}\": {}", key, problems.front()));
        }
        if (negated) return Requirement{std::string(key), SelectorOperator::DoesNotExist, {}};
        return parse_operation(std::string(key));
    }

    Result<Requirement> parse_operation(std::string key) {
        if (at_end() || peek(',')) return Requirement{std::move(key), SelectorOperator::Exists, {}};
        if (take("==") || take("=")) return parse_single(std::move(key), SelectorOperator::In);
        if (take("!=")) return parse_single(std::move(key), SelectorOperator::NotIn);
        if (take(">")) return parse_number(std::move(key), SelectorOperator::GreaterThan);
        if (take("<")) return parse_number(std::move(key), SelectorOperator::LessThan);
        const auto word_position = position_;
        const auto word = take_word();
        if (word == "in") return parse_set(std::move(key), SelectorOperator::In);
        if (word == "notin") return parse_set(std::move(key), SelectorOperator::NotIn);
        position_ = word_position;
        return expected("one of '=', '==', '!=', '>', '<', 'in', 'notin'");
    }

    Result<Requirement> parse_single(std::string key, SelectorOperator op) {
        auto value = parse_value();
        if (!value) return value.error();
        return Requirement{std::move(key), op, {std::move(*value)}};
    }

    Result<Requirement> parse_number(std::string key, SelectorOperator op) {
        const auto start = position_;
        const auto word = take_word();
        if (!whole_number(word)) {
            return problem_at(start, fmt::format("\"{}\" is not a whole number", word));
        }
        return Requirement{std::move(key), op, {std::string(word)}};
    }

    Result<Requirement> parse_set(std::string key, SelectorOperator op) {
        if (!take("(")) return expected("'('");
        std::vector<std::string> values;
        do {
            auto value = parse_value();
            if (!value) return value.error();
            values.push_back(std::move(*value));
        } while (take(","));
        if (!take(")")) return expected("',' or ')'");
        return Requirement{std::move(key), op, std::move(values)};
    }

    Result<std::string> parse_value() {
        const auto start = position_;
        const auto word = take_word();
        if (const auto problems = check_label_value(word); !problems.empty()) {
            return problem_at(start, fmt::format("label value \"{}\": {}", word, problems.front()));
        }
        return std::string(word);
    }

    std::string_view take_word() {
        constexpr std::string_view kEndsWord = " \t\r\n,=!()<>";
        const auto end = std::min(text_.find_first_of(kEndsWord, position_), text_.size());
        const auto word = text_.substr(position_, end - position_);
        position_ = end;
        skip_blanks();
        return word;
    }

    bool take(std::string_view token) {
        if (!text_.substr(position_).starts_with(token)) return false;
        position_ += token.size();
        skip_blanks();
        return true;
    }

    void skip_blanks() {
        position_ = std::min(text_.find_first_not_of(" \t\r\n", position_), text_.size());
    }
    [[nodiscard]] bool peek(char c) const { return !at_end() && text_[position_] == c; }
    [[nodiscard]] bool at_end() const { return position_ == text_.size(); }

    [[nodiscard]] Error expected(std::string_view what) const {
        const auto found =
            at_end() ? std::string("the end") : fmt::format("'{}'", text_.substr(position_, 16));
        return problem_at(position_, fmt::format("found {}, expected {}", found, what));
    }

    [[nodiscard]] Error problem_at(std::size_t position, const std::string& problem) const {
        return bad_request(fmt::format(
            "unable to parse label selector \"{}\" at position {}: {}",
            text_,
            position + 1,
            problem));
    }

    std::string_view text_;
    std::size_t position_ = 0;
};

std::optional<SelectorOperator> parse_operator(std::string_view name) {
    if (name == "In") return SelectorOperator::In;
    if (name == "NotIn") return SelectorOperator::NotIn;
    if (name == "Exists") return SelectorOperator::Exists;
    if (name == "DoesNotExist") return SelectorOperator::DoesNotExist;
    return std::nullopt;
}

Result<Requirement> requirement_from_json(const Json& expression) {
    const auto op = parse_operator(json_read::text(expression, "operator"));
    if (!op) return bad_request("label selector: unknown operator in " + expression.dump());
    return Requirement{
        json_read::text(expression, "key"), *op, json_read::strings(expression, "values")};
}

bool has_value(const Requirement& requirement, const Labels& labels) {
    const auto label = labels.find(requirement.key);
    return label != labels.end() &&
           std::ranges::find(requirement.values, label->second) != requirement.values.end();
}

/// How the label compares with the requirement's number; unordered if it is none.
std::partial_ordering compare(const Requirement& requirement, const Labels& labels) {
    const auto label = labels.find(requirement.key);
    if (label == labels.end()) return std::partial_ordering::unordered;
    const auto left = whole_number(label->second);
    const auto right = whole_number(requirement.values.front());
    if (!left || !right) return std::partial_ordering::unordered;
    return *left <=> *right;
}

bool holds(const Requirement& requirement, const Labels& labels) {
    switch (requirement.op) {
        case SelectorOperator::In:
            return has_value(requirement, labels);
        case SelectorOperator::NotIn:
            return !has_value(requirement, labels);
        case SelectorOperator::Exists:
            return labels.contains(requirement.key);
        case SelectorOperator::DoesNotExist:
            return !labels.contains(requirement.key);
        case SelectorOperator::GreaterThan:
            return std::is_gt(compare(requirement, labels));
        case SelectorOperator::LessThan:
            return std::is_lt(compare(requirement, labels));
    }
    return false;
}

std::string format_values(
    const Requirement& requirement, std::string_view single, std::string_view several) {
    if (requirement.values.size() == 1) {
        return fmt::format("{}{}{}", requirement.key, single, requirement.values.front());
    }
    return fmt::format("{} {} ({})", requirement.key, several, fmt::join(requirement.values, ","));
}

std::string format_requirement(const Requirement& requirement) {
    switch (requirement.op) {
        case SelectorOperator::In:
            return format_values(requirement, "=", "in");
        case SelectorOperator::NotIn:
            return format_values(requirement, "!=", "notin");
        case SelectorOperator::Exists:
            return requirement.key;
        case SelectorOperator::DoesNotExist:
            return "!" + requirement.key;
        case SelectorOperator::GreaterThan:
            return requirement.key + ">" + requirement.values.front();
        case SelectorOperator::LessThan:
            return requirement.key + "<" + requirement.values.front();
    }
    return {};
}

}  // namespace

Result<LabelSelector> LabelSelector::parse(std::string_view text) {
    auto requirements = SelectorParser(text).parse();
    if (!requirements) return requirements.error();
    return LabelSelector(std::move(*requirements));
}

Result<LabelSelector> LabelSelector::from_json(const Json& selector) {
    std::vector<Requirement> requirements;
    for (const auto& [key, value] : json_read::string_map(selector, "matchLabels"))
        requirements.push_back({key, SelectorOperator::In, {value}});
    for (const auto& expression : json_read::member(selector, "matchExpressions")) {
        auto requirement = requirement_from_json(expression);
        if (!requirement) return requirement.error();
        requirements.push_back(std::move(*requirement));
    }
    return LabelSelector(std::move(requirements));
}

bool LabelSelector::matches(const Labels& labels) const {
    return std::ranges::all_of(
        requirements_, [&](const Requirement& r) { return holds(r, labels); });
}

std::string LabelSelector::to_string() const {
    std::string text;
    for (const auto& requirement : requirements_) {
        if (!text.empty()) text += ',';
        text += format_requirement(requirement);
    }
    return text;
}

}  // namespace picket
