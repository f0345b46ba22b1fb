#pragma once
#include "cli/session.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <string>
#include <vector>

namespace picket::cli {

/// A command in a pod, or with no words the container's own process, and the descriptors that it
/// speaks with here.
struct CommandInPod {
    std::string subresource;  ///< "exec" or "attach"
    std::string container;
    std::vector<std::string> words = {};
    bool input = false;
    bool tty = false;
    int input_descriptor = 0;
    int output_descriptor = 1;
};

/// Runs it to its end and returns its exit code. With a terminal, keys are passed on as they are
/// typed and the terminal's size is followed; the terminal is as before in the end, also after a
/// signal.
[[nodiscard]] Result<int> run_in_pod(Session& session, const Json& pod, CommandInPod command);

}  // namespace picket::cli
