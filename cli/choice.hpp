#pragma once
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

namespace picket::cli {

/// For the transform of an option whose value is one of a few names.
template <class Value>
CLI::Validator one_of(std::map<std::string, Value> choices) {
    return {
        [choices = std::move(choices)](std::string& text) -> std::string {
            if (const auto found = choices.find(text); found != choices.end()) {
                text = std::to_string(static_cast<int>(found->second));
                return {};
            }
            std::string names;
            for (const auto& [name, value] : choices) names += (names.empty() ? "" : ", ") + name;
            return fmt::format("\"{}\" is none of {}", text, names);
        },
        ""};
}

}  // namespace picket::cli
