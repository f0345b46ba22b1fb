#pragma once
#include "apiserver/routes/call.hpp"

#include <string>
#include <vector>

namespace picket::apiserver {

/// What a dry run of this write would do to hosts, as texts for `Warning:` headers, which every
/// client shows: one line of sums, then what is to be known before. Nothing for kinds other than
/// DaemonSet.
[[nodiscard]] std::vector<std::string> placement_of_dry_run(
    const Services& services, const Resource& resource, const std::string& object);

}  // namespace picket::apiserver
