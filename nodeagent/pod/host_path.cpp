#include "nodeagent/pod/host_path.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

Error failed(const std::string& path, std::string_view what) {
    return Error{
        .reason = Reason::Invalid,
        .message = fmt::format("hostPath type check failed: {} {}", path, what)};
}

Result<void> make_folder(const std::string& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return failed(path, "cannot be created: " + error.message());
    ::chmod(path.c_str(), 0755);
    return Ok();
}

Result<void> make_file(const std::string& path) {
    const std::ofstream file(path);
    if (!file) return failed(path, "cannot be created");
    ::chmod(path.c_str(), 0644);
    return Ok();
}

Result<void> require(bool good, const std::string& path, std::string_view what) {
    if (good) return Ok();
    return failed(path, what);
}

Result<void> check_untyped(const std::string& path, bool exists, const std::string& engine_socket) {
    // A folder there would keep the engine from ever starting again.
    std::error_code ignored;  // what cannot be resolved is compared as it is written
    const auto real = fs::weakly_canonical(path, ignored);
    if (!exists && !engine_socket.empty() && real == fs::weakly_canonical(engine_socket, ignored))
        return failed(path, "is the container engine's socket and does not exist");
    return Ok();
}

}  // namespace

Result<void> check_host_path(
    const std::string& path, const std::string& type, const std::string& engine_socket) {
    std::error_code error;
    const auto status = fs::status(path, error);
    const bool exists = fs::exists(status);
    if (type.empty()) return check_untyped(path, exists, engine_socket);
    if (type == "FileOrCreate") return require(!fs::is_directory(status), path, "is a directory");
    if (type == "DirectoryOrCreate")
        return require(!exists || fs::is_directory(status), path, "is not a directory");
    if (type == "Directory") return require(fs::is_directory(status), path, "is not a directory");
    if (type == "File") return require(fs::is_regular_file(status), path, "is not a file");
    if (type == "Socket") return require(fs::is_socket(status), path, "is not a socket file");
    if (type == "CharDevice")
        return require(fs::is_character_file(status), path, "is not a character device");
    if (type == "BlockDevice")
        return require(fs::is_block_file(status), path, "is not a block device");
    return failed(path, "has the unknown type " + type);
}

Result<void> make_host_path(const std::string& path, const std::string& type) {
    std::error_code error;
    if (fs::exists(path, error)) return Ok();
    if (type == "DirectoryOrCreate") return make_folder(path);
    if (type == "FileOrCreate") return make_file(path);
    // The engine makes what is missing by itself, but not under such a name.
    if (type.empty() && path.find(':') != std::string::npos) return make_folder(path);
    return Ok();
}

}  // namespace picket::nodeagent
