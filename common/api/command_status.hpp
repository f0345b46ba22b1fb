#pragma once
#include "common/base/json.hpp"
#include "common/base/result.hpp"

namespace picket {

/// How a command in a container has ended, as the Status on the error channel of exec and attach.
[[nodiscard]] Json exit_status(int code);
/// The exit code that such a Status tells; the error of one that says why there is none.
[[nodiscard]] Result<int> exit_code_of(const Json& status);

}  // namespace picket
