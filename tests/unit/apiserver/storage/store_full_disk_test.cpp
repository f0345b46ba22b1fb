#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sys/resource.h>

using namespace picket;
using namespace picket::storage;
using namespace picket::storage::testing;

namespace {

/// No file of this process may grow beyond `bytes` while this lives: what a full disk looks like to
/// a program, without a file system of its own.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limited{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limited);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

std::string large() {
    return std::string(20'000, 'x');
}

/// Writes until the disk refuses; returns how many were acknowledged.
int fill(StoreFixture& fixture) {
    for (int count = 0; count < 1'000; ++count) {
        const auto written = fixture.write(pod_key("fill" + std::to_string(count)), put(large()));
        if (written) continue;
        CHECK(written.error().reason == Reason::ServiceUnavailable);
        CHECK_THAT(written.error().message, Catch::Contains(fixture.options.path));
        return count;
    }
    throw std::runtime_error("the disk never filled");
}

Awaitable<> write_until_accepted(Store& store, boost::asio::any_io_executor executor) {
    for (;;) {
        const auto written = co_await store.write(pod_key("after"), put("{}"));
        if (written) co_return;
        co_await boost::asio::post(executor, use_awaitable);
    }
}

}  // namespace

TEST_CASE("store: a full disk refuses writes, loses none and recovers by itself", "[store][disk]") {
    StoreFixture fixture;
    fixture.options.retry = std::chrono::milliseconds(5);
    fixture.open();
    fixture.put_pod("before");
    int acknowledged = 0;
    {
        const FileSizeLimit limit(300'000);
        acknowledged = fill(fixture);
        const auto revision = fixture.store->revision();
        // Reads, refusals by rule and heartbeats do not need the disk.
        CHECK(fixture.store->count("pods") == static_cast<std::size_t>(acknowledged) + 1);
        CHECK(fixture.write(pod_key("before"), put_volatile("beat")).has_value());
        CHECK(fixture.store->revision() > revision);
        CHECK(fixture.write(pod_key("before"), put(large())).has_error());
    }
    fixture.runner.run(write_until_accepted(*fixture.store, fixture.runner.executor()));
    fixture.drop_and_open();
    CHECK(fixture.store->count("pods") == static_cast<std::size_t>(acknowledged) + 2);
}
