#pragma once
#include "common/async/awaitable.hpp"
#include "nodeagent/images/image_collector.hpp"
#include "nodeagent/node_agent.hpp"

namespace picket::nodeagent {

class PodManager;
class PodVolumes;

/// Removes what nothing on this host needs any more: images that no pod runs or will run, and what
/// pods left behind that are gone. Loop thread only.
class Housekeeper {
public:
    Housekeeper(
        const NodeAgentOptions& options,
        Runtime& runtime,
        const Clock& clock,
        ImageLedger& pulled_images,
        PodVolumes& volumes,
        const PodManager& pods);

    /// Looks at every period, until cancelled.
    Awaitable<> run();

private:
    void tidy_folders();

    const NodeAgentOptions& options_;
    PodVolumes& volumes_;
    const PodManager& pods_;
    ImageCollector images_;
};

}  // namespace picket::nodeagent
