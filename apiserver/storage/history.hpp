#pragma once
#include "apiserver/storage/store.hpp"

#include <deque>
#include <map>

namespace picket::storage {

/// The kept events, per resource in revision order. They are bounded by count and by the bytes that
/// only the history keeps alive; the bytes of live objects are shared and cost
/// nothing. Volatile events are not counted: an unbroken run of them on one object is kept as its
/// last one, so that heartbeats cannot push out the rest.
class History {
public:
    struct Limits {
        std::size_t events;
        std::size_t bytes;
    };

    /// `oldest`: no event up to this revision is known.
    History(Limits limits, Revision oldest) : limits_(limits), oldest_(oldest) {}

    void append(Event event);
    void append_volatile(Event event);
    void limit_bytes(std::size_t bytes) { limits_.bytes = bytes; }
    /// Drops the oldest events until the limits hold.
    void trim();

    /// Every kept event of one resource after `from`, in revision order.
    void replay(
        const std::string& resource,
        Revision from,
        const std::function<void(const Event&)>& visit) const;
    /// A watch can start from here.
    [[nodiscard]] Revision oldest() const { return oldest_; }

private:
    struct Resource {
        std::deque<Event> durable;
        std::map<Revision, Event> volatile_events;
    };

    [[nodiscard]] std::deque<Event>& oldest_events();
    void drop_oldest();
    void forget_volatile(Revision up_to);

    Limits limits_;
    Revision oldest_;
    std::map<std::string, Resource, std::less<>> resources_;
    std::size_t events_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace picket::storage
