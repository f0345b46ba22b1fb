#include "common/api/label_selector.hpp"
#include "common/api/status.hpp"

#include <fmt/format.h>

namespace picket {
namespace {

Error problem(std::string_view text, std::string_view what) {
    return bad_request(fmt::format("invalid field selector \"{}\": {}", text, what));
}

/// Cuts at commas that no backslash escapes; empty parts are left out.
std::vector<std::string_view> split_terms(std::string_view text) {
    std::vector<std::string_view> terms;
    std::size_t start = 0;
    const auto end_term = [&](std::size_t end) {
        if (end > start) terms.push_back(text.substr(start, end - start));
        start = end + 1;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == ',') {
            end_term(i);
        }
    }
    end_term(text.size());
    return terms;
}

/// In a value the characters `,`, `=` and `\` are written with a backslash before them.
Result<std::string> unescape(std::string_view term, std::string_view value) {
    std::string plain;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '=') return problem(term, "'=' in a value needs a backslash before it");
        if (value[i] != '\\') {
            plain += value[i];
            continue;
        }
        ++i;
        if (i == value.size() ||
            std::string_view("\\,=").find(value[i]) == std::string_view::npos) {
            return problem(term, "a backslash must come before ',', '=' or another backslash");
        }
        plain += value[i];
    }
    return plain;
}

Result<FieldRequirement> parse_term(std::string_view term) {
    const auto equals = term.find('=');
    if (equals == std::string_view::npos)
        return problem(term, "expected field=value or field!=value");
    const bool negated = equals > 0 && term[equals - 1] == '!';
    const bool doubled = !negated && term.substr(equals).starts_with("==");
    const auto field = term.substr(0, negated ? equals - 1 : equals);
    if (field.empty()) return problem(term, "no field before the operator");
    auto value = unescape(term, term.substr(equals + (doubled ? 2 : 1)));
    if (!value) return value.error();
    return FieldRequirement{std::string(field), std::move(*value), !negated};
}

}  // namespace

Result<std::vector<FieldRequirement>> parse_field_selector(std::string_view text) {
    std::vector<FieldRequirement> requirements;
    for (const auto term : split_terms(text)) {
        auto requirement = parse_term(term);
        if (!requirement) return requirement.error();
        requirements.push_back(std::move(*requirement));
    }
    return requirements;
}

}  // namespace picket
