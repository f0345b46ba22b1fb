#pragma once
#include "apiserver/storage/backup.hpp"
#include "apiserver/storage/store.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace picket::storage {

struct SqliteStoreOptions {
    std::string path = {};                   ///< ":memory:" for tests
    std::size_t history_events = 200'000;    ///< watch history kept, by count …
    std::size_t history_bytes = 64U << 20U;  ///< … and by size, whichever ends first
    /// All live objects together, with what memory adds to each; more are refused with Forbidden,
    /// as by a quota of Kubernetes.
    std::size_t live_bytes = std::size_t{2} << 30U;
    std::size_t waiting_writes = 20'000;  ///< more are refused with ServiceUnavailable
    std::size_t watcher_queue = 10'000;   ///< events a watcher may lag behind before it is cut off
    /// Takes the selectable attributes out of an object when it is loaded from disk.
    std::function<Attributes(const std::string& resource, const std::string& bytes)> attributes =
        {};
    /// Of the rules behind `attributes`. The file keeps what was taken out, and asks again only for
    /// objects that were written under another version: raise it when a kind gets another
    /// selectable field.
    std::uint32_t attributes_version = 1;
    /// Fields by which lists are indexed, in every resource that has them.
    std::vector<std::string> indexed_fields = {"spec.nodeName"};
    /// How often a store whose disk refused a write tries again by itself.
    std::chrono::milliseconds retry{1'000};
    /// Where the store hears from its writer thread, on the loop thread too; empty: its own
    /// executor. A simulation decides by it when the disk answers.
    boost::asio::any_io_executor reports = {};
};

/// Opens the file (WAL, synchronous=FULL, integrity check, migrations) and loads it into memory. An
/// error names the file and what to do. Loop thread only, like the Store it returns; the writer
/// thread is its own.
class SqliteStore : public Store {
public:
    static Result<std::unique_ptr<SqliteStore>> open(
        boost::asio::any_io_executor executor, SqliteStoreOptions options);
    /// Makes a backup at `path`, which must not exist, of the state at the end of this call; writes
    /// go on meanwhile. TooManyRequests while another one is being made.
    virtual Awaitable<Result<void>> back_up(std::string path, std::vector<SideFile> files) = 0;
    /// How much is still to be heard of the disk: writes in flight, or the end of close().
    [[nodiscard]] virtual std::size_t unsettled() const = 0;
    /// Waits for the writes in flight, checkpoints and closes.
    virtual Awaitable<> close() = 0;
};

}  // namespace picket::storage
