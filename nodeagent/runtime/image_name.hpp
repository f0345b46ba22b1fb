#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace picket::nodeagent {

/// An image reference taken apart as the Docker Engine API wants it.
struct ImageName {
    std::string repository;  ///< as written, without tag and digest
    std::string tag;         ///< "latest" when nothing is said; empty with a digest
    std::string digest;      ///< "sha256:…" or empty

    /// What goes into `tag` of a pull: always something, or the engine pulls every tag.
    [[nodiscard]] const std::string& version() const { return digest.empty() ? tag : digest; }
};

/// Whether two names mean the same, as "busybox" and "docker.io/library/busybox:latest" do.
[[nodiscard]] bool same_image_name(std::string_view a, std::string_view b);

/// Nothing when the text is no image name.
[[nodiscard]] std::optional<ImageName> parse_image_name(std::string_view text);

}  // namespace picket::nodeagent
