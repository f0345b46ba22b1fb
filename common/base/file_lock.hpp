#pragma once
#include <chrono>

namespace picket {

/// How long a starting process waits for the one before it: a process killed in the middle of a
/// write holds its locks until its last thread is gone.
inline constexpr std::chrono::seconds kPredecessorPatience{5};

/// Locks the open file for this descriptor alone (flock), waiting up to `patience` for whoever
/// holds it; blocks the thread meanwhile. False, with errno EWOULDBLOCK, when it is still held, and
/// with another errno when it cannot be locked at all.
[[nodiscard]] bool lock_file(int descriptor, std::chrono::milliseconds patience);

}  // namespace picket
