#pragma once
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace picket {

using Labels = std::map<std::string, std::string, std::less<>>;

enum class SelectorOperator { In, NotIn, Exists, DoesNotExist, GreaterThan, LessThan };

/// A parsed label selector: all requirements must hold; with none it matches everything.
/// NotIn also holds where the key is absent. GreaterThan and LessThan compare whole numbers, and
/// hold for no label that is none; the object form does not have them.
class LabelSelector {
public:
    struct Requirement {
        std::string key;
        SelectorOperator op;
        std::vector<std::string> values;
    };

    LabelSelector() = default;
    explicit LabelSelector(std::vector<Requirement> requirements)
        : requirements_(std::move(requirements)) {}

    /// The query form: "app=web,tier in (a, b),!legacy,env!=dev,rack>7". BadRequest with what is
    /// wrong and where.
    [[nodiscard]] static Result<LabelSelector> parse(std::string_view text);
    /// The object form {matchLabels, matchExpressions} of a LabelSelector that passed validation. A
    /// null selector matches nothing: the caller must treat it before.
    [[nodiscard]] static Result<LabelSelector> from_json(const Json& selector);

    [[nodiscard]] bool matches(const Labels& labels) const;
    [[nodiscard]] bool empty() const { return requirements_.empty(); }
    [[nodiscard]] const std::vector<Requirement>& requirements() const { return requirements_; }
    /// The query form, as tables and `kubectl` show it.
    [[nodiscard]] std::string to_string() const;

private:
    std::vector<Requirement> requirements_;
};

/// "metadata.name=x,status.phase!=Running": field paths with = == and !=, ANDed. Which fields exist
/// is the caller's.
struct FieldRequirement {
    std::string field;
    std::string value;
    bool equal;  ///< false for !=
};
[[nodiscard]] Result<std::vector<FieldRequirement>> parse_field_selector(std::string_view text);

}  // namespace picket
