#pragma once
#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "common/client/event_recorder.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace picket::client {

/// One event with its repeats.
struct RecordedEvent {
    ObjectReference about;
    std::string type;  ///< "Normal" or "Warning"
    std::string reason;
    std::string message;
    std::string name;  ///< of the Event object
    TimePoint first;
    TimePoint last;
    std::uint64_t count = 1;
    bool posted = false;  ///< the server has the object, so repeats are patched into it
    bool waiting = false;
};

/// Which events wait to be sent, and which were sent lately and may repeat. Holds no more than its
/// limits. No I/O.
///
/// An event that says the same as one before is counted in it. Of events that say nearly the same
/// (one object, one reason) the first kMostSimilar different texts within kRepeatWindow are events
/// of their own, and all further ones are counted in one, which shows the latest text: a set of
/// thousands of pods that fail for ever keeps a handful of objects.
class EventLog {
public:
    static constexpr std::size_t kMaxRemembered = 4096;
    static constexpr std::chrono::minutes kRepeatWindow{10};
    static constexpr std::size_t kMostSimilar = 10;
    static constexpr std::string_view kCombined = "(combined from similar events): ";

    explicit EventLog(std::size_t max_waiting) : max_waiting_(max_waiting) {}

    /// Counts a repeat or adds `event`. Returns the event that had to be dropped for it, if any.
    std::optional<RecordedEvent> record(RecordedEvent event);
    /// The key of the event to send next; nothing if none waits.
    [[nodiscard]] std::optional<std::string> next() const;
    [[nodiscard]] const RecordedEvent& at(const std::string& key) const { return events_.at(key); }
    [[nodiscard]] bool contains(const std::string& key) const { return events_.contains(key); }
    /// What was sent of `key` counted to `count`; what came since waits again.
    void sent(const std::string& key, std::uint64_t count);
    /// `key` cannot be sent.
    void forget(const std::string& key);
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

private:
    /// Texts of one object and reason that are events of their own.
    struct Similar {
        std::set<std::string> messages;
        TimePoint last;
    };
    /// The key to count the event under; its message may change.
    [[nodiscard]] std::string place(RecordedEvent& event);
    void enqueue(const std::string& key);
    std::optional<RecordedEvent> drop_oldest_waiting();
    void forget_old(TimePoint now);

    std::size_t max_waiting_;
    std::map<std::string, RecordedEvent> events_;
    std::map<std::string, Similar> similar_;
    std::deque<std::string> waiting_;
};

/// The Event object as the API wants it.
[[nodiscard]] Json event_object(
    const RecordedEvent& event, const std::string& component, const std::string& host);
/// The merge patch that brings a posted Event up to date.
[[nodiscard]] Json repeat_patch(const RecordedEvent& event);
/// Cluster-scoped objects have no namespace; their events live in "default".
[[nodiscard]] std::string event_namespace(const ObjectReference& about);

}  // namespace picket::client
