#include "nodeagent/runtime/kernel_oom_kills.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace picket::nodeagent {
namespace {

constexpr std::size_t kIdLength = 64;
/// The kernel never gives a longer record.
constexpr std::size_t kLongestRecord = 8192;

constexpr std::size_t kRemembered = 1000;

bool is_id_character(char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
}

std::string_view id_within(std::string_view path) {
    while (!path.empty()) {
        const auto* const end = std::ranges::find_if_not(path, is_id_character);
        const auto length = static_cast<std::size_t>(end - path.begin());
        if (length == kIdLength) return path.substr(0, length);
        path.remove_prefix(std::min(length + 1, path.size()));
    }
    return {};
}

}  // namespace

std::string_view oom_killed_container(std::string_view record) {
    constexpr std::string_view kHome = ",task_memcg=";
    if (record.find("oom-kill:") == std::string_view::npos) return {};
    const auto start = record.find(kHome);
    if (start == std::string_view::npos) return {};
    const auto path = record.substr(start + kHome.size());
    return id_within(path.substr(0, path.find(',')));
}

KernelOomKills::KernelOomKills(std::string path) : path_(std::move(path)) {}

bool KernelOomKills::killed(const std::string& container_id) {
    const auto known = [&] { return std::ranges::count(containers_, container_id) > 0; };
    if (known()) return true;
    read_new_records();
    return known();
}

// Each read gives one record. EPIPE says that records were overwritten before they were read; the
// next read goes on with the oldest that is left.
void KernelOomKills::read_new_records() {
    if (!log_.valid())
        log_ = FileDescriptor(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    std::array<char, kLongestRecord> record{};
    while (log_.valid()) {
        const auto length = ::read(log_.get(), record.data(), record.size());
        if (length < 0 && (errno == EINTR || errno == EPIPE)) continue;
        if (length <= 0) return;
        const auto id = oom_killed_container({record.data(), static_cast<std::size_t>(length)});
        if (!id.empty()) containers_.emplace_back(id);
        if (containers_.size() > kRemembered) containers_.pop_front();
    }
}

}  // namespace picket::nodeagent
