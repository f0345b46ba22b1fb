#include "nodeagent/runtime/sandbox_image.hpp"

#include "common/base/encoding.hpp"
#include "common/base/json.hpp"
#include "nodeagent/runtime/tar.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace picket::embedded {
extern const std::string_view pause_program;
}

namespace picket::nodeagent {
namespace {

#if defined(__x86_64__)
constexpr std::string_view kArchitecture = "amd64";
#elif defined(__aarch64__)
constexpr std::string_view kArchitecture = "arm64";
#endif

std::string make_layer() {
    TarWriter layer;
    layer.add_file("pause", embedded::pause_program, 0755);
    return std::move(layer).finish();
}

std::string make_config(const std::string& layer) {
    const Json config = {
        {"architecture", kArchitecture},
        {"os", "linux"},
        {"config", {{"Entrypoint", Json::array({"/pause"})}}},
        {"rootfs",
         {{"type", "layers"}, {"diff_ids", Json::array({"sha256:" + sha256_hex(layer)})}}},
    };
    return config.dump();
}

}  // namespace

const std::string& sandbox_image_name() {
    static const std::string name =
        "picket/pause:" + sha256_hex(embedded::pause_program).substr(0, 12);
    return name;
}

std::string make_sandbox_image_archive() {
    const auto layer = make_layer();
    const auto config = make_config(layer);
    const auto config_name = sha256_hex(config) + ".json";
    const Json entry = {
        {"Config", config_name},
        {"RepoTags", Json::array({sandbox_image_name()})},
        {"Layers", Json::array({"layer.tar"})}};
    TarWriter archive;
    archive.add_file("layer.tar", layer);
    archive.add_file(config_name, config);
    archive.add_file("manifest.json", Json::array({entry}).dump());
    return std::move(archive).finish();
}

}  // namespace picket::nodeagent
