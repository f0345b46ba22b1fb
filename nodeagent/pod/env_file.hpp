#pragma once
#include "common/base/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace picket::nodeagent {

/// The variables in a file that an init container left for `fileKeyRef`: a subset of what a shell
/// reads. NAME='value' is literal and may go over several lines, so may NAME="value"; a bare value
/// ends with its line. Blank lines and those that begin with # mean nothing; a name that comes
/// again overrides. Invalid with the line that is none of this.
[[nodiscard]] Result<std::map<std::string, std::string>> parse_env_file(std::string_view text);

}  // namespace picket::nodeagent
