#include "nodeagent/pod/env_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// Reads from the front of a text, and knows the line it is in.
class EnvFileScanner {
public:
    explicit EnvFileScanner(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool done() const { return rest_.empty(); }
    [[nodiscard]] Error wrong(std::string_view what) const {
        return Error{.reason = Reason::Invalid, .message = fmt::format("line {}: {}", line_, what)};
    }

    /// Up to `end`, which is taken too; everything if it does not come.
    std::string_view take_until(char end) {
        const auto at = std::min(rest_.find(end), rest_.size());
        const auto part = rest_.substr(0, at);
        rest_.remove_prefix(std::min(at + 1, rest_.size()));
        const auto taken = end == '\n' ? 1 : std::ranges::count(part, '\n');
        line_ += static_cast<int>(taken);
        return part;
    }

    /// Blank lines and comments.
    void skip_nothing() {
        while (!done()) {
            const auto line = trimmed(rest_.substr(0, rest_.find('\n')));
            if (!line.empty() && line.front() != '#') return;
            take_until('\n');
        }
    }

    Result<std::string> value() {
        const char quote = rest_.empty() ? '\n' : rest_.front();
        if (quote != '\'' && quote != '"') return std::string(trimmed(take_until('\n')));
        if (rest_.find(quote, 1) == std::string_view::npos) return wrong("the quote does not end");
        rest_.remove_prefix(1);
        std::string text(take_until(quote));
        if (!trimmed(rest_.substr(0, rest_.find('\n'))).empty())
            return wrong("nothing may follow the quote");
        take_until('\n');
        return text;
    }

    Result<std::string> name() {
        const auto equals = rest_.find('=');
        if (equals == std::string_view::npos || rest_.find('\n') < equals)
            return wrong("it is not NAME=value");
        const auto name = trimmed(take_until('='));
        if (name.empty() || name.find_first_of(kBlank) != std::string_view::npos)
            return wrong("it does not begin with a name");
        return std::string(name);
    }

private:
    std::string_view rest_;
    int line_ = 1;
};

}  // namespace

Result<std::map<std::string, std::string>> parse_env_file(std::string_view text) {
    std::map<std::string, std::string> variables;
    EnvFileScanner scanner(text);
    for (scanner.skip_nothing(); !scanner.done(); scanner.skip_nothing()) {
        auto name = scanner.name();
        if (!name) return name.error();
        auto value = scanner.value();
        if (!value) return value.error();
        variables[std::move(*name)] = std::move(*value);
    }
    return variables;
}

}  // namespace picket::nodeagent
