#pragma once
/// What clients of a server were told while it was killed again and again, and what must follow
/// from it. Pure.
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace picket::crash {

using Revision = std::uint64_t;

/// One state of an object: as a watch, a list or an answer showed it.
struct Seen {
    std::string name;
    std::string uid;
    std::string token;  ///< its content; no two writes carry the same
    std::string group;  ///< the value of the label that watchers select by
    Revision revision = 0;
    auto operator<=>(const Seen&) const = default;
};

struct SeenEvent {
    enum class Type { Added, Modified, Deleted } type;
    Seen object;
    auto operator<=>(const SeenEvent&) const = default;
};

/// A write as its client knows it.
struct Write {
    std::string token;
    Revision floor = 0;  ///< the newest revision that any client had seen when it was sent
};

/// What a watcher selects; empty members select all.
struct Selection {
    std::string name;
    std::string group;
    [[nodiscard]] bool matches(const Seen& object) const {
        return (name.empty() || object.name == name) && (group.empty() || object.group == group);
    }
};

/// Everything that clients were told.
class Record {
public:
    /// The newest revision that any client has seen.
    [[nodiscard]] Revision newest() const { return newest_; }
    void see(Revision revision) { newest_ = std::max(newest_, revision); }

    void acknowledged(const Write& write, Seen answer);
    void acknowledged_removal(const std::string& uid) { removed_.insert(uid); }
    /// The server said that it did not write this.
    void refused(const std::string& token) { refused_.insert(token); }
    void listed(Revision floor, Revision revision, std::vector<Seen> objects);
    void watched(const std::string& watcher, SeenEvent event);

    [[nodiscard]] std::size_t acknowledged_writes() const { return acknowledged_.size(); }

    /// Every contradiction between what clients were told and `history`: all events from before the
    /// first write to after the last, as a watcher without a selection gets them at the end.
    [[nodiscard]] std::vector<std::string> contradictions(
        const std::vector<SeenEvent>& history,
        const std::map<std::string, Selection>& watchers) const;

private:
    struct Acknowledged {
        Revision floor;
        Seen object;
    };
    struct Snapshot {
        Revision floor;
        Revision revision;
        std::vector<Seen> objects;
    };

    Revision newest_ = 0;
    std::vector<Acknowledged> acknowledged_;
    std::set<std::string> removed_;
    std::set<std::string> refused_;
    std::vector<Snapshot> snapshots_;
    std::map<std::string, std::vector<SeenEvent>> watched_;

    friend class Judge;
};

}  // namespace picket::crash
