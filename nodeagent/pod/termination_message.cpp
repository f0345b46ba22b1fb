#include "nodeagent/pod/termination_message.hpp"

#include "common/base/utf8.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sys/stat.h>
#include <vector>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

// No volume can have this name: theirs begin with a letter or a digit.
fs::path message_path(const fs::path& pod_folder, std::string_view container, int attempt) {
    return pod_folder / "..messages" / fmt::format("{}_{}", container, attempt);
}

Error message_error(const fs::path& path) {
    return Error{
        .reason = Reason::InternalError,
        .message = fmt::format("cannot make the termination message file {}", path.string())};
}

}  // namespace

Result<BindMount> make_message_file(
    const fs::path& pod_folder, const Container& container, int attempt) {
    const auto path = message_path(pod_folder, container.name, attempt);
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) return message_error(path);
    std::ofstream file(path, std::ios::trunc);
    if (!file) return message_error(path);
    // Whatever user the container runs as may write it.
    ::chmod(path.c_str(), 0666);
    return BindMount{.source = path.string(), .target = container.termination_message_path};
}

std::string read_message_file(const fs::path& pod_folder, std::string_view container, int attempt) {
    std::ifstream file(message_path(pod_folder, container, attempt), std::ios::binary);
    if (!file) return {};
    std::vector<char> bytes(kLongestMessage);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return valid_text({bytes.data(), static_cast<std::size_t>(file.gcount())});
}

void remove_message_file(const fs::path& pod_folder, std::string_view container, int attempt) {
    std::error_code ignored;  // it goes with the pod's folder at the latest
    fs::remove(message_path(pod_folder, container, attempt), ignored);
}

std::string valid_text(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const auto length = utf8_sequence_length(bytes);
        if (length == 0) {
            text += '?';
            bytes.remove_prefix(1);
        } else {
            text += bytes.substr(0, length);
            bytes.remove_prefix(length);
        }
    }
    return text;
}

}  // namespace picket::nodeagent
