#pragma once
#include "tests/simulation/ledger_store.hpp"
#include "tests/simulation/memory_store.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <string>

namespace picket::simulation {

/// What outlives a server: a list in memory, or picket's real file. The file's writer is a thread
/// of its own; the loop waits for it whenever nothing else is left to do, so that a run replays.
class SimulatedDisk {
public:
    SimulatedDisk(
        boost::asio::any_io_executor executor,
        std::filesystem::path folder,
        std::uint64_t seed,
        bool real);

    Result<std::unique_ptr<storage::SqliteStore>> open();
    /// The server has closed it and is gone.
    void closed() { store_ = file_ = nullptr; }
    [[nodiscard]] const storage::Store* store() const { return store_; }
    [[nodiscard]] bool real() const { return real_; }
    /// Memory only: while it is full, durable writes are refused.
    void set_full(bool full) { memory_.full = full; }

    /// Takes up what the writer's thread has done; false if there was nothing.
    bool answer();
    /// One write is with the disk, and nobody knows yet how it ends.
    [[nodiscard]] bool lone_write() const { return file_ != nullptr && file_->unsettled() == 1; }
    [[nodiscard]] bool idle() const { return file_ == nullptr || file_->unsettled() == 0; }
    /// Keeps the file as it is now: all of it is acknowledged.
    void remember();
    /// The process dies in the middle of what it has written since: up to any byte of it may be in
    /// the file, and rubbish behind it.
    void kill();
    /// After closed(): the next server finds what the dead one left.
    void leave_remains();

    /// What the server that has just opened it has lost.
    std::vector<std::string> audit() { return ledger_.audit(*store_); }

private:
    struct Image {
        std::string log;  // SQLite's write-ahead log
        std::string main;
    };
    [[nodiscard]] Image read() const;
    Result<std::unique_ptr<storage::SqliteStore>> open_file();

    boost::asio::any_io_executor executor_;
    std::filesystem::path path_;
    bool real_;
    MemoryDisk memory_;
    Ledger ledger_;
    boost::asio::io_context reports_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open_{
        reports_.get_executor()};
    const storage::Store* store_ = nullptr;
    storage::SqliteStore* file_ = nullptr;  // the open store, if it is real
    Image remembered_;
    Image remains_;
};

}  // namespace picket::simulation
