#include "common/schema/field_set.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::schema {
namespace {

constexpr std::string_view kSelf = ".";
// As deep as a body may nest.
constexpr int kMaxDepth = 256;

bool is_edge(std::string_view text) {
    return text.starts_with("f:") || text.starts_with("k:") || text.starts_with("v:") ||
           text.starts_with("i:");
}

void drop_empty(FieldSet& set) {
    std::erase_if(set.children, [](const auto& child) { return child.second.empty(); });
}

bool parse_into(const Json& fields, int depth, FieldSet& set) {
    if (!fields.is_object() || depth > kMaxDepth) return false;
    for (const auto& [edge, below] : fields.get_ref<const Json::object_t&>()) {
        if (edge == kSelf) {
            set.member = true;
        } else if (!is_edge(edge) || !parse_into(below, depth + 1, set.children[edge])) {
            return false;
        }
    }
    if (set.children.empty() && depth > 0) set.member = true;
    return true;
}

/// "[name="main"]" of "k:{"name":"main"}"
std::string key_text(std::string_view keys) {
    const auto parsed = Json::parse(keys, nullptr, false);
    if (!parsed.is_object()) return fmt::format("[{}]", keys);
    std::string text;
    for (const auto& [name, value] : parsed.get_ref<const Json::object_t&>()) {
        text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, value.dump());
    }
    return fmt::format("[{}]", text);
}

std::string edge_text(std::string_view edge) {
    const auto rest = edge.substr(2);
    if (edge.starts_with("f:")) return fmt::format(".{}", rest);
    if (edge.starts_with("k:")) return key_text(rest);
    if (edge.starts_with("v:")) return fmt::format("[={}]", rest);
    return fmt::format("[{}]", rest);
}

void collect_paths(const FieldSet& set, const std::string& path, std::vector<std::string>& out) {
    if (set.member) out.push_back(path);
    for (const auto& [edge, below] : set.children)
        collect_paths(below, path + edge_text(edge), out);
}

}  // namespace

const FieldSet* FieldSet::find(std::string_view edge) const {
    const auto found = children.find(edge);
    return found == children.end() ? nullptr : &found->second;
}

FieldSet union_of(FieldSet one, const FieldSet& other) {
    one.member = one.member || other.member;
    for (const auto& [edge, below] : other.children) {
        auto& mine = one.children[edge];
        mine = union_of(std::move(mine), below);
    }
    return one;
}

FieldSet difference_of(FieldSet one, const FieldSet& other) {
    one.member = one.member && !other.member;
    for (const auto& [edge, below] : other.children) {
        const auto mine = one.children.find(edge);
        if (mine != one.children.end()) {
            mine->second = difference_of(std::move(mine->second), below);
        }
    }
    drop_empty(one);
    return one;
}

FieldSet intersection_of(const FieldSet& one, const FieldSet& other) {
    FieldSet both;
    both.member = one.member && other.member;
    for (const auto& [edge, below] : one.children) {
        if (const auto* theirs = other.find(edge)) {
            both.children.emplace(edge, intersection_of(below, *theirs));
        }
    }
    drop_empty(both);
    return both;
}

Json format_field_set(const FieldSet& set) {
    Json fields = Json::object();
    if (set.member && !set.children.empty()) fields[std::string(kSelf)] = Json::object();
    for (const auto& [edge, below] : set.children) fields[edge] = format_field_set(below);
    return fields;
}

std::optional<FieldSet> parse_field_set(const Json& fields) {
    FieldSet set;
    if (!parse_into(fields, 0, set)) return std::nullopt;
    return set;
}

std::vector<std::string> paths_of(const FieldSet& set) {
    std::vector<std::string> paths;
    collect_paths(set, "", paths);
    return paths;
}

}  // namespace picket::schema
