#pragma once
#include <string>
#include <string_view>

namespace picket::nodeagent {

/// The name of the sandbox's image: "picket/pause:<hash of the program>", so that a new program
/// gets a new image.
[[nodiscard]] const std::string& sandbox_image_name();
/// The image as `docker load` takes it, made in memory: a host needs no registry for it.
[[nodiscard]] std::string make_sandbox_image_archive();

}  // namespace picket::nodeagent
