#include "cli/copy_plan.hpp"

#include <fmt/format.h>

namespace picket::cli {
namespace {

std::string with_backslashes(std::string_view text, std::string_view before) {
    std::string out;
    for (const char c : text) {
        if (before.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

/// tar's own substitution, of the first part of each name; targets of links stay as they are.
std::string rename_option(const std::string& from, const std::string& to) {
    return fmt::format(
        "--transform=flags=rSH;s|^\\(\\./\\)*{}\\(/\\|$\\)|{}\\2|",
        with_backslashes(from, "\\.*[]^$|"),
        with_backslashes(to, "\\&|"));
}

}  // namespace

std::optional<PodPath> parse_pod_path(std::string_view text) {
    const auto colon = text.find(':');
    const bool here = text.starts_with('/') || text.starts_with('.');
    if (here || colon == std::string_view::npos || colon == 0) return std::nullopt;
    PodPath found{{}, std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
    if (const auto slash = found.pod.find('/'); slash != std::string::npos) {
        found.namespace_name = found.pod.substr(0, slash);
        found.pod.erase(0, slash + 1);
    }
    return found;
}

Place place_of(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return {".", std::string(path)};
    return {
        slash == 0 ? "/" : std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

std::vector<std::string> pack_words(const Place& from, const std::string& new_name) {
    std::vector<std::string> words = {"tar", "-cf", "-", "-C", from.folder};
    if (new_name != from.name) words.push_back(rename_option(from.name, new_name));
    words.insert(words.end(), {"--", from.name});
    return words;
}

std::vector<std::string> unpack_words(const Place& to, const std::string& old_name) {
    std::vector<std::string> words = {"tar", "-xmf", "-", "-C", to.folder};
    if (old_name != to.name) words.push_back(rename_option(old_name, to.name));
    return words;
}

}  // namespace picket::cli
