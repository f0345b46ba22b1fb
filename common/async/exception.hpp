#pragma once
#include <exception>
#include <string>

namespace picket {

/// What an escaped exception says, for a log line.
[[nodiscard]] std::string describe(const std::exception_ptr& failure);
/// What ends a co_spawn whose failure nobody else takes: it leaves through the loop's run().
void rethrow(std::exception_ptr failure);
/// True for operation_aborted: the coroutine was cancelled, which is a normal end.
[[nodiscard]] bool is_cancellation(const std::exception_ptr& failure);

}  // namespace picket
