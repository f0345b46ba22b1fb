#pragma once

namespace picket::nodeagent {

/// Whether processes of this host may be given a negative OOM score: needs CAP_SYS_RESOURCE.
[[nodiscard]] bool may_lower_oom_score();

}  // namespace picket::nodeagent
