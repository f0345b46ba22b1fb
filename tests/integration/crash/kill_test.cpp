/// kill -9 of the real server under writers, readers and watchers.
///
/// $PICKET is the executable; $PICKET_KILLS how often it is killed (100), $PICKET_SEED another
/// course of events.
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "common/client/kubeconfig.hpp"
#include "tests/integration/crash/clients.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace picket;
using namespace picket::crash;
using picket::testing::ChildProcess;

namespace {

using std::chrono::milliseconds;

constexpr unsigned kWriters = 12;
constexpr unsigned kReaders = 2;
constexpr std::chrono::seconds kStartDeadline{60};
/// The server keeps at least 4 MiB of history, and a write is 1.3 KB on average: what all watchers
/// may still have to hear stays well within that, however long a slow machine lets a life be.
constexpr unsigned kWritesOfOneLife = 200;
constexpr unsigned kLivesUntilAllIsHeard = 10;

unsigned long setting(const char* name, unsigned long otherwise) {
    const char* value = std::getenv(name);
    return value == nullptr ? otherwise : std::stoul(value);
}

std::string text_of_file(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// One data directory, and the server that runs on it now.
class ServerLives {
public:
    void start() {
        std::filesystem::remove(kubeconfig());
        process_.emplace(
            std::vector<std::string>{
                std::getenv("PICKET"), "server", "--data-dir", data(), "--listen", "127.0.0.1:0"},
            log());
    }
    void signal(int number) { process_->signal(number); }
    [[nodiscard]] bool running() { return process_->running(); }
    int end(int signal = SIGTERM) { return process_->end(signal); }

    /// The server writes its kubeconfig, with the port it got, before its first answer.
    Awaitable<> ready() {
        const auto end = std::chrono::steady_clock::now() + kStartDeadline;
        while (!std::filesystem::exists(kubeconfig())) {
            if (!process_->running() || std::chrono::steady_clock::now() > end)
                throw std::runtime_error("the server does not start:\n" + text_of_file(log()));
            co_await sleep_for(milliseconds(2));
        }
    }

    [[nodiscard]] std::unique_ptr<client::ApiClient> connect(
        boost::asio::any_io_executor executor) const {
        auto config = client::load_kubeconfig(kubeconfig(), "", "");
        if (!config) throw std::runtime_error(config.error().message);
        return std::make_unique<client::ApiClient>(executor, std::move(config->options));
    }
    [[nodiscard]] std::string database() const { return data() + "/picket.db"; }

private:
    [[nodiscard]] std::string data() const { return (folder_.path() / "server").string(); }
    [[nodiscard]] std::string log() const { return (folder_.path() / "log").string(); }
    [[nodiscard]] std::string kubeconfig() const { return data() + "/admin.kubeconfig"; }

    testing::TemporaryDirectory folder_;
    std::optional<ChildProcess> process_;
};

/// Lives of one server, each ended at a random moment.
class Killings {
public:
    Killings(boost::asio::any_io_executor executor, unsigned long seed)
        : executor_(std::move(executor)), acknowledged_(executor_) {
        campaign_.random.seed(seed);
        campaign_.watchers = {
            {"everything", {}},
            {"everything as well", {}},
            {"group a", {.name = {}, .group = "a"}},
            {"group b", {.name = {}, .group = "b"}},
            {"one name", {.name = "k1", .group = {}}}};
        campaign_.on_acknowledged = [this] { acknowledged_.notify(); };
    }

    Awaitable<> run(unsigned long kills) {
        co_await begin();
        for (unsigned long i = 0; i < kills; ++i) {
            if (i % kLivesUntilAllIsHeard == 0) co_await hear_all();
            co_await live_once();
        }
        co_await hear_all();
        for (const auto& text : campaign_.record.contradictions(history_, campaign_.watchers))
            FAIL_CHECK(text);
    }
    [[nodiscard]] const Record& record() const { return campaign_.record; }
    [[nodiscard]] std::string database() const { return server_.database(); }

private:
    [[nodiscard]] std::unique_ptr<client::ApiClient> connect() const {
        return server_.connect(executor_);
    }

    Awaitable<> begin() {
        server_.start();
        co_await server_.ready();
        heard_until_ = co_await present_revision(campaign_, connect());
        for (const auto& [name, selection] : campaign_.watchers)
            campaign_.resume_at[name] = heard_until_;
        server_.end(SIGKILL);
    }

    Awaitable<> live_once() {
        server_.start();
        // Some ends come before the server serves at all: while it recovers from the last one.
        if (campaign_.random() % 8 == 0) {
            co_await sleep_for(milliseconds(campaign_.random() % 80));
            server_.end(SIGKILL);
            co_return;
        }
        co_await server_.ready();
        campaign_.writes_left = kWritesOfOneLife;
        TaskGroup clients(executor_);
        start_clients(clients);
        co_await acknowledged(1 + campaign_.random() % 12);
        co_await sleep_for(milliseconds(campaign_.random() % 50));
        const bool killed = campaign_.random() % 10 != 0;
        server_.signal(killed ? SIGKILL : SIGTERM);
        co_await gone(clients);
        if (!killed) CHECK(server_.end() == 0);
    }

    /// Returns when that many more writes were answered: a slow machine gets the time it needs.
    Awaitable<> acknowledged(std::size_t more) {
        const auto wanted = campaign_.record.acknowledged_writes() + more;
        while (campaign_.record.acknowledged_writes() < wanted) {
            if (!co_await acknowledged_.wait_for(kStartDeadline)) co_return;
        }
    }

    /// Answers that were on their way count, and a server that stops in good order gives them.
    Awaitable<> gone(TaskGroup& clients) {
        while (clients.size() > 0 || server_.running()) co_await sleep_for(milliseconds(1));
        co_await clients.stop();
    }

    void start_clients(TaskGroup& clients) {
        for (unsigned i = 0; i < kWriters; ++i)
            clients.spawn("writer", write_until_gone(campaign_, connect()));
        for (unsigned i = 0; i < kReaders; ++i)
            clients.spawn("reader", list_until_gone(campaign_, connect()));
        for (const auto& [name, selection] : campaign_.watchers)
            clients.spawn("watcher", watch_until_gone(campaign_, name, connect()));
    }

    /// A life of good order: the history so far is read, and watchers hear what they have not
    /// heard.
    Awaitable<> hear_all() {
        server_.start();
        co_await server_.ready();
        const auto last = co_await write_for_every_watcher();
        const auto events = co_await history_between(connect(), heard_until_, last);
        history_.insert(history_.end(), events.begin(), events.end());
        heard_until_ = last;
        co_await catch_up(last);
        CHECK(server_.end() == 0);
    }

    /// Touches every watcher's selection, so that each is told something.
    Awaitable<Revision> write_for_every_watcher() {
        const auto client = connect();
        Revision revision = 0;
        for (const char* group : {"a", "b"}) {
            const auto token = fmt::format("t{}", ++campaign_.tokens);
            Json object = {
                {"metadata", {{"name", "k1"}, {"labels", {{"group", group}}}}},
                {"data", {{"token", token}}}};
            const client::Target one{"v1", "configmaps", "default", "k1"};
            const client::Target all{"v1", "configmaps", "default"};
            auto written = co_await client->update(one, object);
            if (!written) written = co_await client->create(all, object);
            if (!written) throw std::runtime_error(written.error().message);
            revision = revision_of(*written);
        }
        co_return revision;
    }

    Awaitable<> catch_up(Revision last) {
        TaskGroup watchers(executor_);
        for (const auto& [name, selection] : campaign_.watchers)
            watchers.spawn("watcher", watch_until_gone(campaign_, name, connect()));
        const auto end = std::chrono::steady_clock::now() + kStartDeadline;
        while (!all_reached(last) && std::chrono::steady_clock::now() < end)
            co_await sleep_for(milliseconds(2));
        co_await watchers.stop();
    }

    [[nodiscard]] bool all_reached(Revision last) const {
        return std::ranges::all_of(
            campaign_.resume_at, [last](const auto& position) { return position.second >= last; });
    }

    boost::asio::any_io_executor executor_;
    ServerLives server_;
    Notification acknowledged_;
    Campaign campaign_;
    std::vector<SeenEvent> history_;  ///< all events up to `heard_until_`
    Revision heard_until_ = 0;
};

std::string integrity_of(const std::string& path) {
    sqlite3* database = nullptr;
    std::string verdict = "cannot open";
    if (sqlite3_open(path.c_str(), &database) == SQLITE_OK) {
        const auto keep = [](void* text, int, char** values, char**) {
            *static_cast<std::string*>(text) = values[0];
            return 0;
        };
        sqlite3_exec(database, "PRAGMA integrity_check", keep, &verdict, nullptr);
    }
    sqlite3_close(database);
    return verdict;
}

}  // namespace

TEST_CASE("kill -9 under load: nothing acknowledged is lost, doubled or out of order", "[crash]") {
    REQUIRE(std::getenv("PICKET") != nullptr);
    const auto kills = setting("PICKET_KILLS", 100);
    const auto seed = setting("PICKET_SEED", 1);
    CAPTURE(kills, seed);
    testing::AsyncRunner runner;
    Killings killings(runner.executor(), seed);
    runner.run(killings.run(kills), std::chrono::seconds(60 + 10 * kills));
    CHECK(killings.record().acknowledged_writes() > 2 * kills);
    CHECK(integrity_of(killings.database()) == "ok");
    WARN(killings.record().acknowledged_writes() << " acknowledged writes");
}
