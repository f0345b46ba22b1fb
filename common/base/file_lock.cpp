#include "common/base/file_lock.hpp"

#include <cerrno>
#include <sys/file.h>
#include <thread>

namespace picket {
namespace {

// flock has no deadline of its own, and this wait is rare and short.
constexpr std::chrono::milliseconds kLookAgain{10};

}  // namespace

bool lock_file(int descriptor, std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK || std::chrono::steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(kLookAgain);
    }
    return true;
}

}  // namespace picket
