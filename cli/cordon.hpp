#pragma once
#include "cli/session.hpp"
#include "cli/write_options.hpp"

#include <string>

namespace picket::cli {

/// Sets or removes spec.unschedulable, and says so. Daemon pods come to cordoned nodes all the
/// same.
[[nodiscard]] Result<void> set_unschedulable(
    Session& session, const std::string& node, bool unschedulable, const WriteOptions& options);

}  // namespace picket::cli
