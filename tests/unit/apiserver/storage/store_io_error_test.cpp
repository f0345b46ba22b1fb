#include "tests/unit/apiserver/storage/faulty_disk.hpp"
#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace picket;
using namespace picket::storage;
using namespace picket::storage::testing;

namespace {

constexpr unsigned kDiskKeys = 8;
constexpr unsigned kDiskWriters = 6;
constexpr unsigned kDiskRounds = 12;

/// Large enough that checkpoints come between the writes.
std::string content(unsigned number) {
    return std::to_string(number) + std::string(60'000 + number % 997, 'x');
}

std::map<std::string, StoredPtr> objects_of(const Store& store) {
    std::map<std::string, StoredPtr> objects;
    for (const auto& object : store.list("pods", {}, 0, {}).objects)
        objects[object->key.name] = object;
    return objects;
}

/// Several writers beside each other; tells what was acknowledged.
class Load {
public:
    explicit Load(StoreFixture& fixture) : fixture_(fixture) {}

    void run() {
        for (unsigned i = 0; i < kDiskWriters; ++i)
            boost::asio::co_spawn(fixture_.runner.context(), write_rounds(), boost::asio::detached);
        fixture_.runner.run(all_done());
    }
    /// Until the store says itself that it is writable again.
    void recover() { fixture_.runner.run(write_until_accepted()); }

    [[nodiscard]] const std::map<Revision, std::string>& acknowledged() const {
        return acknowledged_;
    }

private:
    Awaitable<> write_rounds() {
        for (unsigned i = 0; i < kDiskRounds; ++i) co_await write_one();
        ++done_;
    }
    Awaitable<bool> write_one() {
        const auto number = ++numbers_;
        const auto bytes = content(number);
        const auto written = co_await fixture_.store->write(
            pod_key("k" + std::to_string(number % kDiskKeys)), put(bytes));
        if (written) acknowledged_[(*written).object->revision] = bytes;
        if (!written) CHECK(written.error().reason == Reason::ServiceUnavailable);
        co_return written.has_value();
    }
    Awaitable<> all_done() {
        while (done_ < kDiskWriters)
            co_await boost::asio::post(fixture_.runner.executor(), use_awaitable);
    }
    Awaitable<> write_until_accepted() {
        while (!co_await write_one())
            co_await boost::asio::post(fixture_.runner.executor(), use_awaitable);
    }

    StoreFixture& fixture_;
    std::map<Revision, std::string> acknowledged_;
    unsigned numbers_ = 0;
    unsigned done_ = 0;
};

/// What a process that starts on the file now would serve.
void check_file(StoreFixture& fixture, const Load& load) {
    const auto before = objects_of(*fixture.store);
    fixture.drop_and_open();
    const auto after = objects_of(*fixture.store);
    REQUIRE(before.size() == after.size());
    for (const auto& [name, object] : before) {
        CHECK(after.at(name)->revision == object->revision);
        CHECK(*after.at(name)->bytes == *object->bytes);
        CHECK(load.acknowledged().at(object->revision) == *object->bytes);
    }
    CHECK(before.rbegin()->second->revision <= load.acknowledged().rbegin()->first);
}

struct FaultRow {
    const char* name;
    Fault fault;
    int step;  ///< between the operations that fail first
};

}  // namespace

TEST_CASE("store: wherever the disk fails, nothing acknowledged is lost", "[store][disk]") {
    const auto row = GENERATE(
        FaultRow{"write error", Fault::WriteError, 151},
        FaultRow{"sync error", Fault::SyncError, 5},
        FaultRow{"full", Fault::Full, 173},
        FaultRow{"truncate error", Fault::TruncateError, 1});
    CAPTURE(row.name);
    int first = 1;
    // One operation later each time, until the load ends before it comes to the one that fails.
    for (bool struck = true; struck; first += row.step) {
        CAPTURE(first);
        const FaultyDisk disk;
        StoreFixture fixture;
        fixture.options.retry = std::chrono::milliseconds(1);
        fixture.options.history_bytes = 500'000;
        fixture.open();
        Load load(fixture);
        FaultyDisk::fail(row.fault, first, 1 + first % 4);
        load.run();
        load.recover();
        struck = FaultyDisk::failures() > 0;
        FaultyDisk::fail(row.fault, 1, 0);
        check_file(fixture, load);
    }
    CAPTURE(first);
    CHECK(first >= row.step);
}
