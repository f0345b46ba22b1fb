#pragma once
#include "common/base/result.hpp"
#include "nodeagent/pod/container.hpp"
#include "nodeagent/runtime/container_spec.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace picket::nodeagent {

/// What a container leaves as its last words, in the file that it finds at terminationMessagePath.
/// The file lives in the pod's folder, one for each attempt, so that a restarted agent reads it
/// too.
inline constexpr std::size_t kLongestMessage = 4096;
inline constexpr std::size_t kLongestMessageFromLog = 2048;
inline constexpr int kMessageLogLines = 80;

/// Makes the empty file, and the mount that shows it to the container.
[[nodiscard]] Result<BindMount> make_message_file(
    const std::filesystem::path& pod_folder, const Container& container, int attempt);
/// The file's text, cut to its limit; empty when there is none.
[[nodiscard]] std::string read_message_file(
    const std::filesystem::path& pod_folder, std::string_view container, int attempt);
void remove_message_file(
    const std::filesystem::path& pod_folder, std::string_view container, int attempt);

/// Bytes that are not UTF-8 become question marks: a status is JSON.
[[nodiscard]] std::string valid_text(std::string_view bytes);

}  // namespace picket::nodeagent
