/// Kills a writing process at random moments and checks what the file holds against what the
/// process was told.
#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <map>
#include <random>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace picket;
using namespace picket::storage;
using namespace picket::storage::testing;

namespace {

constexpr int kKills = 30;
constexpr unsigned kWriters = 8;
constexpr unsigned kKeys = 12;

/// What the child says of one acknowledged write; small enough for a pipe to pass it whole.
struct Acknowledgement {
    std::uint64_t token;  ///< the content: never used twice
    Revision revision;
    unsigned key;
    bool removed;
};

ObjectKey numbered_key(unsigned key) {
    return pod_key("k" + std::to_string(key));
}

/// Runs in the child. Writes for ever, and tells the pipe of each answer.
class Writer {
public:
    Writer(const std::string& path, int pipe, unsigned run) : pipe_(pipe), run_(run), random_(run) {
        store_ = must(SqliteStore::open(runner_.executor(), SqliteStoreOptions{.path = path}));
    }

    void write_until_killed() {
        for (unsigned i = 0; i < kWriters; ++i) {
            boost::asio::co_spawn(runner_.context(), write_for_ever(), boost::asio::detached);
        }
        runner_.context().run();
    }

private:
    Awaitable<> write_for_ever() {
        for (;;) {
            const auto key = static_cast<unsigned>(random_() % kKeys);
            const std::uint64_t token = (std::uint64_t{run_} << 32U) | ++tokens_;
            const auto written = must(co_await store_->write(numbered_key(key), change(token)));
            acknowledge(
                {token, written.object->revision, key, written.change == Written::Change::Removed});
        }
    }

    Mutation change(std::uint64_t token) {
        const bool removes = random_() % 5 == 0;
        return [removes, token](const StoredPtr& current, Revision) -> Result<Outcome> {
            if (removes && current) return Outcome{Remove{std::to_string(token)}};
            return Outcome{Put{.bytes = std::to_string(token), .attributes = {}}};
        };
    }

    void acknowledge(Acknowledgement told) {
        if (::write(pipe_, &told, sizeof told) != sizeof told) std::_Exit(1);
    }

    int pipe_;
    unsigned run_;
    std::mt19937 random_;
    std::uint64_t tokens_ = 0;
    picket::testing::AsyncRunner runner_;
    std::unique_ptr<SqliteStore> store_;
};

std::vector<Acknowledgement> read_all(int pipe) {
    std::vector<Acknowledgement> all;
    Acknowledgement one{};
    while (::read(pipe, &one, sizeof one) == sizeof one) all.push_back(one);
    return all;
}

/// Starts a child that writes, kills it after `life`, and returns what it was told.
std::vector<Acknowledgement> write_and_kill(
    const std::string& path, unsigned run, std::chrono::microseconds life) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        Writer(path, ends[1], run).write_until_killed();
        std::_Exit(1);
    }
    ::close(ends[1]);
    std::thread killer([child, life] {
        std::this_thread::sleep_for(life);  // the random moment, not a wait for something
        ::kill(child, SIGKILL);
    });
    auto told = read_all(ends[0]);
    killer.join();
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    return told;
}

/// All that any child was told, and what must follow from it.
class Ledger {
public:
    void add(const std::vector<Acknowledgement>& told) {
        const Revision before = newest();
        for (const auto& one : told) {
            CHECK(one.revision > before);
            CHECK(all_.emplace(one.revision, one).second);
        }
    }

    void check(StoreFixture& fixture) const {
        fixture.open();
        CHECK(fixture.store->revision() >= newest());
        if (!all_.empty()) {
            fixture.watch(fixture.store->oldest_watchable());
            const auto events = fixture.events();
            check_history(events);
            check_objects(*fixture.store, events);
            fixture.watcher.reset();
        }
        fixture.close();
    }
    [[nodiscard]] std::size_t size() const { return all_.size(); }

private:
    [[nodiscard]] Revision newest() const { return all_.empty() ? 0 : all_.rbegin()->first; }

    /// Every acknowledged write is in the history with its content, and no content is there twice.
    /// More may be there: writes whose answer the kill cut off.
    void check_history(const std::vector<WatchEvent>& events) const {
        std::map<Revision, std::string> contents;
        std::set<std::string> tokens;
        Revision last = 0;
        for (const auto& event : events) {
            CHECK(event.revision > last);
            last = event.revision;
            contents[event.revision] = *event.object->bytes;
            CHECK(tokens.insert(*event.object->bytes).second);
        }
        for (const auto& [revision, one] : all_) {
            CHECK(contents[revision] == std::to_string(one.token));
        }
    }

    /// The objects are what their history made of them.
    static void check_objects(const Store& store, const std::vector<WatchEvent>& events) {
        std::map<ObjectKey, StoredPtr> objects;
        for (const auto& event : events) {
            const bool deleted = event.type == Event::Type::Deleted;
            objects[event.object->key] = deleted ? nullptr : event.object;
        }
        for (const auto& [key, object] : objects) CHECK(store.get(key) == object);
    }

    std::map<Revision, Acknowledgement> all_;
};

}  // namespace

TEST_CASE("store crash: kill -9 loses no acknowledged write and repeats none", "[store][crash]") {
    StoreFixture fixture;
    Ledger ledger;
    std::mt19937 random(20);
    for (unsigned run = 1; run <= kKills; ++run) {
        CAPTURE(run);
        const std::chrono::microseconds life(20'000 + random() % 150'000);
        ledger.add(write_and_kill(fixture.options.path, run, life));
        ledger.check(fixture);
    }
    CHECK(ledger.size() > kKills);
}
