#pragma once
#include "apiserver/storage/commit_writer.hpp"
#include "apiserver/storage/pending_write.hpp"
#include "apiserver/storage/published_state.hpp"
#include "common/async/timing.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <spdlog/fwd.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace picket::storage {

/// Writes are decided in order on the loop thread, go to the writer thread, and come back as
/// reports that settle them in the same order:
///
///   write → decide → in_order_ → CommitWriter → settle → publish → answer
///
/// A key has at most one undecided outcome: what comes for it meanwhile waits in in_flight_. With
/// every report the file is kept within its bounds: rows that left the history are dropped, and
/// the states in the oldest rows are copied forward so that those can go, too.
///
/// Loop thread only; the writer thread is its own.
class WritePipeline {
public:
    struct Options {
        std::string path;
        std::size_t live_bytes;
        std::size_t waiting_writes;
        std::chrono::milliseconds retry;
        boost::asio::any_io_executor reports;  ///< where the writer thread is heard
    };

    /// `last`: no revision up to it is handed out again.
    WritePipeline(
        boost::asio::any_io_executor executor,
        Options options,
        PublishedState& state,
        LogFile file,
        Revision last);

    Awaitable<Result<Written>> write(ObjectKey key, Mutation mutation);
    /// All are begun before the first is answered.
    Awaitable<std::vector<Result<Written>>> write_all(std::vector<WriteOrder> orders);
    Result<void> back_up(BackupOrder order);
    /// How much is still to be heard of the disk: writes in flight, or the end of close().
    [[nodiscard]] std::size_t unsettled() const;
    /// Refuses what comes and waits for the writes in flight.
    Awaitable<> drain();
    /// Closes the file; after drain().
    Awaitable<> close();

private:
    struct KeyHash {
        std::size_t operator()(const ObjectKey& key) const;
    };

    PendingPtr begin(ObjectKey key, Mutation mutation);
    void accept(const PendingPtr& pending);
    void decide(const PendingPtr& pending);
    void stage(const PendingPtr& pending, const StoredPtr& current, Outcome outcome);
    void hand_over(const PendingPtr& pending);
    [[nodiscard]] bool has_room(const StoredPtr& current, const Put& put) const;
    [[nodiscard]] Error full() const;
    [[nodiscard]] bool needs_disk(const PendingWrite& pending) const;
    void publish(const PendingPtr& pending);

    [[nodiscard]] CommitWriter::Sink report_to_loop();
    void on_report(const CommitReport& report);
    void note_disk(const CommitReport& report);
    void settle(const CommitReport& report);
    void release(const ObjectKey& key);

    void drop_history();
    void copy_forward(const CommitReport& report);
    void copy_forward(const StoredPtr& object);

    boost::asio::any_io_executor executor_;
    Options options_;
    PublishedState& state_;
    std::shared_ptr<spdlog::logger> log_;
    Revision next_;
    Revision reserved_;
    std::deque<PendingPtr> in_order_;  // decided, in revision order
    std::unordered_map<ObjectKey, std::deque<PendingPtr>, KeyHash> in_flight_;
    std::size_t waiting_ = 0;           // in all deques of in_flight_
    std::size_t copying_ = 0;           // of in_order_
    std::optional<Error> unavailable_;  // what the disk last said, while it refuses
    bool closing_ = false;
    bool stopping_ = false;  // nothing more is submitted
    bool closed_ = false;
    Notification settled_;
    // Ends with the pipeline: a report that comes later finds nobody.
    std::shared_ptr<WritePipeline*> self_ = std::make_shared<WritePipeline*>(this);
    std::unique_ptr<CommitWriter> writer_;  // last: its thread reports here
};

}  // namespace picket::storage
