#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/clock.hpp"
#include "common/client/api_client.hpp"

#include <memory>
#include <string>

namespace picket::client {

struct ObjectReference {
    std::string api_version;
    std::string kind;
    std::string namespace_name;
    std::string name;
    std::string uid;
    std::string field_path = {};
};

/// Posts Events in the background and counts repeats of the same event (object, reason, message) in
/// one Event object
/// (`count`, `lastTimestamp`). Bounded: a repeat of a waiting event only counts; beyond
/// `kMaxQueued` waiting events the oldest is dropped with a log line. Losing contact never blocks
/// the caller.
class EventRecorder {
public:
    static constexpr std::size_t kMaxQueued = 1000;

    EventRecorder(ApiClient& api, const Clock& clock, std::string component, std::string host = {});
    ~EventRecorder();
    EventRecorder(const EventRecorder&) = delete;
    EventRecorder& operator=(const EventRecorder&) = delete;

    void normal(ObjectReference about, std::string reason, std::string message);
    void warning(ObjectReference about, std::string reason, std::string message);
    /// Sends what is recorded until cancelled. Spawn it in the owner's TaskGroup.
    Awaitable<> run();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace picket::client
