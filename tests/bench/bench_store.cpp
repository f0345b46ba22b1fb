#include "tests/bench/bench_store.hpp"

#include "common/async/exception.hpp"

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <fstream>
#include <utility>

namespace picket::bench {
namespace {

constexpr std::size_t kFillers = 500;

Awaitable<> fill_share(
    storage::Store& store,
    std::string resource,
    std::size_t first,
    std::size_t count,
    const std::string& bytes) {
    for (auto i = first; i < count; i += kFillers) {
        storage::Attributes attributes{
            {{"app", "web"}, {"controller-revision-hash", "5d9c7b6f4"}},
            {{"spec.nodeName", fmt::format("node-{}", i / 10)}, {"status.phase", "Running"}}};
        expect(co_await store.write(
            {resource, "default", fmt::format("web-{:06}", i)},
            put_bytes(bytes, std::move(attributes))));
    }
}

}  // namespace

BenchStore::BenchStore(const std::string& path) {
    storage::SqliteStoreOptions options;
    options.path = path;
    auto opened = storage::SqliteStore::open(loop.get_executor(), std::move(options));
    expect(opened);
    store = std::move(*opened);
}

void BenchStore::run(Awaitable<> body) {
    boost::asio::co_spawn(loop, std::move(body), rethrow);
    loop.restart();
    loop.run();
}

std::string filler(std::size_t size) {
    std::string text;
    for (std::uint32_t state = 1; text.size() < size; state = state * 1664525U + 1013904223U) {
        text += static_cast<char>('a' + (state >> 24U) % 26U);
    }
    return text;
}

storage::Mutation put_bytes(std::string bytes, storage::Attributes attributes) {
    return [bytes = std::move(bytes), attributes = std::move(attributes)](
               const storage::StoredPtr&, storage::Revision) -> Result<storage::Outcome> {
        return storage::Outcome{storage::Put{.bytes = bytes, .attributes = attributes}};
    };
}

void fill(
    BenchStore& opened, const std::string& resource, std::size_t count, const std::string& bytes) {
    for (std::size_t first = 0; first < kFillers; ++first) {
        boost::asio::co_spawn(
            opened.loop, fill_share(*opened.store, resource, first, count, bytes), rethrow);
    }
    opened.loop.restart();
    opened.loop.run();
}

std::size_t resident_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word != "VmRSS:") continue;
        std::size_t kib = 0;
        status >> kib;
        return kib;
    }
    return 0;
}

}  // namespace picket::bench
