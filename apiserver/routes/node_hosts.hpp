#pragma once
#include "apiserver/storage/store.hpp"
#include "common/base/clock.hpp"
#include "common/base/result.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace picket::apiserver {

/// The host that speaks for a node, and when it last did, by the server's clock.
struct NodeSpeaker {
    std::string host;
    TimePoint heard;
};

/// Whether another host than `present` may speak for a node now: only once that has been silent for
/// `patience`. Pure.
[[nodiscard]] Result<void> may_speak(
    std::string_view node,
    std::string_view host,
    const NodeSpeaker& present,
    std::chrono::seconds patience,
    TimePoint now);

/// Which host speaks for each node. A machine that is copied with its agent's data dir has the same
/// name and the same credential as the original; only this tells the two apart. Loop thread only.
class NodeHosts {
public:
    NodeHosts(const storage::Store& store, TimePoint started) : store_(store), started_(started) {}

    /// ServiceUnavailable, so that the agent keeps asking, while another living host speaks for the
    /// node. `host` is what the agent says of it (kHostHeader).
    [[nodiscard]] Result<void> may_admit(
        std::string_view node, std::string_view host, TimePoint now) const;
    /// The same, and remembers who spoke.
    [[nodiscard]] Result<void> admit(std::string_view node, std::string_view host, TimePoint now);
    /// When the node's host was last heard by this server.
    [[nodiscard]] std::optional<TimePoint> last_heard(std::string_view node) const;

private:
    [[nodiscard]] std::optional<NodeSpeaker> recorded_speaker(
        std::string_view node, std::string_view host) const;
    [[nodiscard]] std::chrono::seconds patience_with(std::string_view node) const;
    void forget_departed();

    const storage::Store& store_;
    TimePoint started_;
    std::map<std::string, NodeSpeaker, std::less<>> speakers_;  // by node
};

}  // namespace picket::apiserver
