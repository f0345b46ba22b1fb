#pragma once
/// Writers, readers and watchers that use a server until it is gone, and record what it says.
#include "common/client/api_client.hpp"
#include "tests/integration/crash/recorded_history.hpp"

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>

namespace picket::crash {

/// What the clients of all lives of the server share.
struct Campaign {
    Record record;
    std::mt19937 random;
    std::uint64_t tokens = 0;
    unsigned writes_left = 0;  ///< that the writers may still send to this life of the server
    std::map<std::string, Selection> watchers;
    std::map<std::string, Revision> resume_at;  ///< by watcher
    std::function<void()> on_acknowledged;
};

/// Of an object, a list or a bookmark.
[[nodiscard]] Revision revision_of(const Json& document);

/// Each returns when the server does not answer any more; a writer, too, when no writes are left.
Awaitable<> write_until_gone(Campaign& campaign, std::unique_ptr<client::ApiClient> client);
Awaitable<> list_until_gone(Campaign& campaign, std::unique_ptr<client::ApiClient> client);
/// Goes on where this watcher was when the server was last killed.
Awaitable<> watch_until_gone(
    Campaign& campaign, std::string watcher, std::unique_ptr<client::ApiClient> client);

/// Every event after `from` up to `until`, as a watcher without a selection gets it.
Awaitable<std::vector<SeenEvent>> history_between(
    std::unique_ptr<client::ApiClient> client, Revision from, Revision until);
/// The newest revision, by a list.
Awaitable<Revision> present_revision(Campaign& campaign, std::unique_ptr<client::ApiClient> client);

}  // namespace picket::crash
