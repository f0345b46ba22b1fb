#pragma once
#include "common/async/task_group.hpp"
#include "common/base/result.hpp"
#include "common/client/work_queue.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace picket::controller {

/// The loop that every controller has: take a key, reconcile what it names, and on failure try
/// again later. Its queue is filled by informer handlers, which only say "look again".
class ReconcileLoop {
public:
    using Reconcile = std::function<Awaitable<Result<void>>(std::string key)>;

    ReconcileLoop(boost::asio::any_io_executor executor, std::string name, Reconcile reconcile);
    ~ReconcileLoop();
    ReconcileLoop(const ReconcileLoop&) = delete;
    ReconcileLoop& operator=(const ReconcileLoop&) = delete;
    [[nodiscard]] client::WorkQueue& queue() { return queue_; }
    /// Spawns the workers; different keys are reconciled at the same time, one key never twice.
    void start(TaskGroup& tasks, std::size_t workers);

    struct Counts {
        std::uint64_t done = 0;
        std::uint64_t failed = 0;
        double seconds = 0;  ///< spent on both
    };
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const Counts& counts() const { return counts_; }
    [[nodiscard]] std::size_t depth() const { return queue_.size(); }

private:
    Awaitable<> work_counted(std::string key);
    Awaitable<> work();
    Awaitable<> work_on(std::string key);
    void failed(const std::string& key, const std::string& why);

    std::string name_;
    Counts counts_;
    Reconcile reconcile_;
    client::WorkQueue queue_;
};

/// The queues of all loops of this process as Prometheus text. Loop thread only.
[[nodiscard]] std::string format_loop_metrics();

/// As many requests as may be on their way together: each has a connection, and connections are
/// kept for the next ones.
inline constexpr std::size_t kRequestsAtOnce = 64;

/// Runs all of `tasks` in `group`, up to kRequestsAtOnce at the same time, waits for them, and
/// returns the first error.
Awaitable<Result<void>> run_together(TaskGroup& group, std::vector<Awaitable<Result<void>>> tasks);

}  // namespace picket::controller
