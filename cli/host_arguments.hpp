#pragma once
/// What the agent is told about its host, as people type it.
#include "common/base/result.hpp"

#include <map>
#include <string>

namespace picket::cli {

/// "a=b,c=d". Throws UsageError for anything else.
[[nodiscard]] std::map<std::string, std::string> parse_node_labels(const std::string& text);
/// The token of a file, or of $PICKET_TOKEN where no file is given; empty if there is neither: an
/// agent that has joined before has its own credential.
[[nodiscard]] Result<std::string> read_join_token(const std::string& file);
/// The host's name, as node names may be written.
[[nodiscard]] std::string default_node_name();

}  // namespace picket::cli
