#pragma once
/// What `picket cp` does on each side. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::cli {

/// "POD:PATH" or "NAMESPACE/POD:PATH"; nothing for a path of this machine, which has no colon or
/// begins with / or a dot.
struct PodPath {
    std::string namespace_name = {};
    std::string pod;
    std::string path;
};
[[nodiscard]] std::optional<PodPath> parse_pod_path(std::string_view text);

/// Where something is: in which folder, and under which name.
struct Place {
    std::string folder;
    std::string name;
};
[[nodiscard]] Place place_of(std::string_view path);

/// tar that packs `from` to its output, and tar that unpacks its input to `to`, with the name of
/// the one changed to the name of the other. Only GNU tar can change names, so it is for the side
/// where this program runs to do.
[[nodiscard]] std::vector<std::string> pack_words(const Place& from, const std::string& new_name);
[[nodiscard]] std::vector<std::string> unpack_words(const Place& to, const std::string& old_name);

}  // namespace picket::cli
