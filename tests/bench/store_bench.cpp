/// The store in this process, without the API around it.
#include "apiserver/storage/sqlite_store.hpp"
#include "tests/bench/bench_store.hpp"
#include "tests/bench/benches.hpp"

#include <fmt/format.h>

namespace picket::bench {
namespace {

using storage::ObjectKey;
using storage::Store;

Awaitable<> create(Store& store, std::size_t client, std::size_t number, const std::string& bytes) {
    const auto written = co_await store.write(
        {"configmaps", fmt::format("bench-{}", client), fmt::format("item-{}", number)},
        put_bytes(bytes));
    expect(written);
}

void bench_writes(Table& table, const Settings& settings) {
    const auto bytes = filler(2048);
    for (const std::size_t clients : {1U, 10U, 100U, 1000U}) {
        BenchStore opened(fmt::format("{}/store-{}.db", settings.folder, clients));
        auto result = run_load(
            opened.loop, clients, settings.duration, [&](std::size_t client, std::size_t number) {
                return create(*opened.store, client, number, bytes);
            });
        table.add_load(fmt::format("durable writes, {} clients", clients), result);
        opened.close();
    }
}

/// One writer, one watcher among many on other nodes.
Awaitable<> deliver(
    Store& store,
    storage::Watcher& watcher,
    std::size_t count,
    Samples& started,
    Samples& answered) {
    const storage::Attributes attributes{{}, {{"spec.nodeName", "n1"}}};
    for (std::size_t i = 0; i < count; ++i) {
        const auto start = Clock::now();
        expect(co_await store.write(
            {"pods", "default", fmt::format("p{}", i)}, put_bytes(filler(2048), attributes)));
        const auto answer = Clock::now();
        expect(co_await watcher.next());
        const auto seen = Clock::now();
        started.add(seen - start);
        answered.add(seen - answer);
    }
}

void bench_watch(Table& table, const Settings& settings) {
    BenchStore opened(settings.folder + "/watch.db");
    std::vector<std::unique_ptr<storage::Watcher>> watchers;
    for (std::size_t i = 1; i <= 10'000; ++i) {
        storage::Filter filter;
        filter.field = {"spec.nodeName", fmt::format("n{}", i)};
        watchers.push_back(
            *opened.store->watch("pods", std::move(filter), opened.store->revision()));
    }
    Samples started;
    Samples answered;
    opened.run(deliver(*opened.store, *watchers.front(), 1'000, started, answered));
    table.add_delay("write started -> event, 10,000 watchers", started);
    table.add_delay("write answered -> event", answered);
    watchers.clear();
    opened.close();
}

void bench_start(Table& table, const Settings& settings) {
    const auto path = settings.folder + "/start.db";
    const auto bytes = filler(4300);
    BenchStore filled(path);
    fill(filled, "pods", settings.objects, bytes);
    filled.close();
    const auto before = resident_kib();
    const auto start = Clock::now();
    BenchStore opened(path);
    const auto took = Microseconds(Clock::now() - start).count() / 1000;
    table.add(
        fmt::format("open with {} pods of 4.3 KB", settings.objects),
        fmt::format("{:.0f} ms", took),
        fmt::format(
            "{:.2f} KiB of memory a pod",
            static_cast<double>(resident_kib() - before) / static_cast<double>(settings.objects)));
    opened.close();
}

}  // namespace

void store_bench(Table& table, const Settings& settings) {
    table.section("The store in one process, 2 KiB objects");
    bench_writes(table, settings);
    bench_watch(table, settings);
    bench_start(table, settings);
}

}  // namespace picket::bench
