/// Does the store stay as it was after very many writes?
#include "common/async/exception.hpp"
#include "tests/bench/bench_store.hpp"
#include "tests/bench/benches.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <random>

namespace picket::bench {
namespace {

constexpr std::size_t kLive = 20'000;
constexpr std::size_t kClients = 100;
constexpr std::size_t kBytes = 2048;

class Churn {
public:
    Churn(storage::Store& store, std::size_t writes)
        : store_(store), each_(writes / kClients), bytes_(filler(kBytes)) {}

    /// One client's share of one tenth.
    Awaitable<> write_share(Samples& latency) {
        for (std::size_t i = 0; i < each_ / 10; ++i) {
            const auto start = Clock::now();
            const auto key = fmt::format("web-{:06}", random_() % kLive);
            expect(co_await store_.write({"configmaps", "default", key}, put_bytes(bytes_)));
            latency.add(Clock::now() - start);
        }
    }

private:
    storage::Store& store_;
    std::size_t each_;
    std::string bytes_;
    std::mt19937 random_{7};
};

}  // namespace

void decay_bench(Table& table, const Settings& settings) {
    table.section(fmt::format("{} writes over {} objects of 2 KiB", settings.churn, kLive));
    const auto path = settings.folder + "/decay.db";
    BenchStore opened(path);
    fill(opened, "configmaps", kLive, filler(kBytes));
    Churn churn(*opened.store, settings.churn);
    for (int tenth = 1; tenth <= 10; ++tenth) {
        LoadResult result;
        const auto start = Clock::now();
        for (std::size_t i = 0; i < kClients; ++i) {
            boost::asio::co_spawn(opened.loop, churn.write_share(result.latency), rethrow);
        }
        opened.loop.restart();
        opened.loop.run();
        const std::chrono::duration<double> took = Clock::now() - start;
        result.per_second = static_cast<double>(result.latency.size()) / took.count();
        table.add_load(fmt::format("tenth {}", tenth), result);
    }
    opened.close();
    const auto live = static_cast<double>(kLive * kBytes);
    const auto size = static_cast<double>(std::filesystem::file_size(path));
    table.add(
        "file",
        fmt::format("{:.0f} MB", size / 1e6),
        fmt::format("{:.2f} x live data", size / live));
}

}  // namespace picket::bench
