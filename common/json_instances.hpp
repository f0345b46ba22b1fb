#pragma once
/// In debug builds most of the time goes into nlohmann's small functions, which nothing inlines
/// there. So they are compiled once, optimised, in json_impl.cpp: programs run about twice as fast,
/// and no other file has to compile them.
#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

// NOLINTBEGIN(bugprone-macro-parentheses): types and declarators
#define PICKET_JSON_INSTANCES(keyword)                                                        \
    keyword class std::vector<nlohmann::json>;                                                \
    keyword class std::map<std::string, nlohmann::json, nlohmann::json::object_comparator_t>; \
    keyword class nlohmann::basic_json<>;                                                     \
    keyword class nlohmann::detail::serializer<nlohmann::json>;                               \
    keyword class nlohmann::detail::json_sax_dom_parser<nlohmann::json>;                      \
    keyword class nlohmann::detail::lexer<                                                    \
        nlohmann::json,                                                                       \
        decltype(nlohmann::detail::input_adapter(std::declval<const std::string&>()))>;       \
    keyword class nlohmann::detail::parser<                                                   \
        nlohmann::json,                                                                       \
        decltype(nlohmann::detail::input_adapter(std::declval<const std::string&>()))>;       \
    keyword nlohmann::json nlohmann::json::parse<const std::string&>(                         \
        const std::string&, nlohmann::json::parser_callback_t, bool, bool);                   \
    keyword nlohmann::json nlohmann::json::parse<std::string_view&>(                          \
        std::string_view&, nlohmann::json::parser_callback_t, bool, bool)
// NOLINTEND(bugprone-macro-parentheses)
