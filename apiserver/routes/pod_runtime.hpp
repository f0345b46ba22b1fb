#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// Writes down the handler of a new pod's RuntimeClass, for the agent, which does not read classes.
/// A class that is not there is no error: its name is then the engine's own name of the runtime.
void note_runtime_handler(const storage::Store& store, Json& pod);

}  // namespace picket::apiserver
