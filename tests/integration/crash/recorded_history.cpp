#include "tests/integration/crash/recorded_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace picket::crash {

void Record::acknowledged(const Write& write, Seen answer) {
    see(answer.revision);
    acknowledged_.push_back({write.floor, std::move(answer)});
}

void Record::listed(Revision floor, Revision revision, std::vector<Seen> objects) {
    see(revision);
    std::ranges::sort(objects);
    snapshots_.push_back({floor, revision, std::move(objects)});
}

void Record::watched(const std::string& watcher, SeenEvent event) {
    see(event.object.revision);
    watched_[watcher].push_back(std::move(event));
}

namespace {

std::string text_of(const SeenEvent& event) {
    const char* type = event.type == SeenEvent::Type::Added      ? "added"
                       : event.type == SeenEvent::Type::Modified ? "modified"
                                                                 : "deleted";
    const auto& object = event.object;
    return fmt::format("{} {} {} @{}", type, object.name, object.token, object.revision);
}

/// What one watcher must have been told of `history`: an object that begins to match is added for
/// it, one that stops is deleted.
std::vector<SeenEvent> selected(const std::vector<SeenEvent>& history, const Selection& selection) {
    std::map<std::string, bool> matching;
    std::vector<SeenEvent> events;
    for (const auto& event : history) {
        bool& before = matching[event.object.name];
        const bool now = event.type != SeenEvent::Type::Deleted && selection.matches(event.object);
        const bool was = std::exchange(before, now);
        if (!was && !now) continue;
        const auto type = !was  ? SeenEvent::Type::Added
                          : now ? SeenEvent::Type::Modified
                                : SeenEvent::Type::Deleted;
        events.push_back({type, event.object});
    }
    return events;
}

}  // namespace

/// Compares a record with the history, one kind of statement after the other.
class Judge {
public:
    Judge(const Record& record, const std::vector<SeenEvent>& history)
        : record_(record), history_(history) {}

    std::vector<std::string> judge(const std::map<std::string, Selection>& watchers) {
        check_history();
        check_acknowledged();
        check_removed();
        check_refused();
        check_snapshots();
        for (const auto& [name, selection] : watchers) check_watcher(name, selection);
        return std::move(found_);
    }

private:
    template <class... Arguments>
    void contradict(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
        found_.push_back(fmt::format(text, std::forward<Arguments>(arguments)...));
    }

    /// Revisions grow, and no content is there twice.
    void check_history() {
        Revision last = 0;
        for (const auto& event : history_) {
            const auto& object = event.object;
            if (object.revision <= last) contradict("{} comes after @{}", text_of(event), last);
            last = object.revision;
            if (event.type == SeenEvent::Type::Deleted) {
                if (!deleted_.insert(object.uid).second)
                    contradict("{} is a second removal", text_of(event));
            } else if (!by_token_.emplace(object.token, object).second) {
                contradict("{} was there before", text_of(event));
            }
        }
    }

    void check_acknowledged() {
        for (const auto& [floor, object] : record_.acknowledged_) {
            const auto found = by_token_.find(object.token);
            if (found == by_token_.end()) {
                contradict("{} {} was acknowledged and is lost", object.name, object.token);
            } else if (found->second != object) {
                contradict("{} {} is not as acknowledged", object.name, object.token);
            }
            if (object.revision <= floor)
                contradict(
                    "{} got @{} although @{} had been seen", object.token, object.revision, floor);
        }
    }

    void check_removed() {
        for (const auto& uid : record_.removed_) {
            if (!deleted_.contains(uid)) contradict("the removal of {} is lost", uid);
        }
    }

    void check_refused() {
        for (const auto& token : record_.refused_) {
            if (by_token_.contains(token)) contradict("{} was refused and is there", token);
        }
    }

    /// Each list is the state at its revision, and no older than what anybody had seen before.
    void check_snapshots() {
        for (const auto& snapshot : record_.snapshots_) {
            if (snapshot.revision < snapshot.floor)
                contradict("a list is @{} after @{} was seen", snapshot.revision, snapshot.floor);
            if (snapshot.objects != state_at(snapshot.revision))
                contradict("a list @{} is not the state at that revision", snapshot.revision);
        }
    }

    [[nodiscard]] std::vector<Seen> state_at(Revision revision) const {
        std::map<std::string, Seen> state;
        for (const auto& event : history_) {
            if (event.object.revision > revision) break;
            if (event.type == SeenEvent::Type::Deleted) {
                state.erase(event.object.name);
            } else {
                state[event.object.name] = event.object;
            }
        }
        std::vector<Seen> objects;
        for (auto& [name, object] : state) objects.push_back(std::move(object));
        std::ranges::sort(objects);
        return objects;
    }

    void check_watcher(const std::string& name, const Selection& selection) {
        const auto expected = selected(history_, selection);
        const auto told = record_.watched_.find(name);
        static const std::vector<SeenEvent> kNothing;
        const auto& events = told == record_.watched_.end() ? kNothing : told->second;
        const auto [here, there] = std::ranges::mismatch(expected, events);
        if (here == expected.end() && there == events.end()) return;
        contradict(
            "watcher {}: event {} is \"{}\", expected \"{}\"",
            name,
            here - expected.begin(),
            there == events.end() ? "missing" : text_of(*there),
            here == expected.end() ? "nothing" : text_of(*here));
    }

    const Record& record_;
    const std::vector<SeenEvent>& history_;
    std::map<std::string, Seen> by_token_;
    std::set<std::string> deleted_;
    std::vector<std::string> found_;
};

std::vector<std::string> Record::contradictions(
    const std::vector<SeenEvent>& history, const std::map<std::string, Selection>& watchers) const {
    return Judge(*this, history).judge(watchers);
}

}  // namespace picket::crash
