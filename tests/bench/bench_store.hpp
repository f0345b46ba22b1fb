#pragma once
/// A store for measurements, and what fills it.
#include "apiserver/storage/sqlite_store.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <stdexcept>
#include <string>

namespace picket::bench {

struct BenchStore {
    explicit BenchStore(const std::string& path);
    /// Runs the loop until `body` has ended.
    void run(Awaitable<> body);
    void close() { run(store->close()); }

    boost::asio::io_context loop{1};
    std::unique_ptr<storage::SqliteStore> store;
};

template <class T>
void expect(const Result<T>& result) {
    if (!result) throw std::runtime_error(result.error().message);
}

/// Text that looks like nothing in particular, of that size.
[[nodiscard]] std::string filler(std::size_t size);
[[nodiscard]] storage::Mutation put_bytes(std::string bytes, storage::Attributes attributes = {});
/// `count` objects like daemon pods: two labels and a node each.
void fill(
    BenchStore& opened, const std::string& resource, std::size_t count, const std::string& bytes);
[[nodiscard]] std::size_t resident_kib();

}  // namespace picket::bench
