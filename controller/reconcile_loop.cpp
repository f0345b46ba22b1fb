#include "controller/reconcile_loop.hpp"

#include "common/async/timing.hpp"
#include "common/base/log.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

namespace picket::controller {
namespace {

/// Tasks that wait for their turn, and who works on them.
struct Together {
    Together(boost::asio::any_io_executor executor, std::vector<Awaitable<Result<void>>> all)
        : done(std::move(executor)), tasks(std::move(all)) {}
    Notification done;
    std::vector<Awaitable<Result<void>>> tasks;
    std::size_t next = 0;
    std::size_t workers = 0;
    std::optional<Error> first_error;
};

Awaitable<> work_through(std::shared_ptr<Together> together) {
    while (together->next < together->tasks.size()) {
        const auto result = co_await std::move(together->tasks[together->next++]);
        if (!result && !together->first_error) together->first_error = result.error();
    }
    if (--together->workers == 0) together->done.notify();
}

/// Those that /metrics tells of. They live and die on the loop thread.
std::vector<const ReconcileLoop*>& live_loops() {
    static std::vector<const ReconcileLoop*> loops;
    return loops;
}

std::string metric_head(const char* name, const char* type, const char* help) {
    return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

template <class Value>
std::string metric_of_loops(const char* name, const char* type, const char* help, Value value) {
    auto text = metric_head(name, type, help);
    for (const auto* loop : live_loops()) {
        text += fmt::format("{}{{name=\"{}\"}} {}\n", name, loop->name(), value(*loop));
    }
    return text;
}

}  // namespace

std::string format_loop_metrics() {
    constexpr const char* kDuration = "workqueue_work_duration_seconds";
    auto text = metric_of_loops(
        "workqueue_depth", "gauge", "Keys that wait for a worker.", [](const ReconcileLoop& loop) {
            return loop.depth();
        });
    text += metric_of_loops(
        "workqueue_retries_total",
        "counter",
        "Attempts that failed and are made again.",
        [](const ReconcileLoop& loop) { return loop.counts().failed; });
    text += metric_head(kDuration, "summary", "Time spent on one key.");
    for (const auto* loop : live_loops()) {
        text += fmt::format(
            "{0}_sum{{name=\"{1}\"}} {2}\n{0}_count{{name=\"{1}\"}} {3}\n",
            kDuration,
            loop->name(),
            loop->counts().seconds,
            loop->counts().done);
    }
    return text;
}

ReconcileLoop::ReconcileLoop(
    boost::asio::any_io_executor executor, std::string name, Reconcile reconcile)
    : name_(std::move(name)), reconcile_(std::move(reconcile)), queue_(std::move(executor)) {
    live_loops().push_back(this);
}

ReconcileLoop::~ReconcileLoop() {
    std::erase(live_loops(), this);
}

void ReconcileLoop::start(TaskGroup& tasks, std::size_t workers) {
    for (std::size_t i = 0; i < workers; ++i) tasks.spawn(name_, work());
}

Awaitable<> ReconcileLoop::work() {
    for (;;) {
        const auto key = co_await queue_.next();
        co_await work_counted(key);
        queue_.done(key);
    }
}

Awaitable<> ReconcileLoop::work_counted(std::string key) {
    const auto start = std::chrono::steady_clock::now();
    co_await work_on(std::move(key));
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    counts_.seconds += spent.count();
    ++counts_.done;
}

Awaitable<> ReconcileLoop::work_on(std::string key) {
    try {
        const auto result = co_await reconcile_(key);
        if (result) {
            queue_.forget(key);
        } else if (result.error().reason == Reason::Conflict) {
            // Normal: somebody else was first, and the caches will show what they wrote.
            logger(name_)->debug("conflict key={} error={}", key, result.error().message);
            ++counts_.failed;
            queue_.add_failed(key);
        } else {
            failed(key, result.error().message);
        }
    } catch (const boost::system::system_error& error) {
        if (error.code() == boost::asio::error::operation_aborted) throw;
        failed(key, error.what());
    } catch (const std::exception& error) {
        failed(key, error.what());
    }
}

void ReconcileLoop::failed(const std::string& key, const std::string& why) {
    ++counts_.failed;
    logger(name_)->warn("cannot reconcile key={} error={}", key, why);
    queue_.add_failed(key);
}

Awaitable<Result<void>> run_together(TaskGroup& group, std::vector<Awaitable<Result<void>>> tasks) {
    if (tasks.empty()) co_return Ok();
    const auto together =
        std::make_shared<Together>(co_await boost::asio::this_coro::executor, std::move(tasks));
    together->workers = std::min(together->tasks.size(), kRequestsAtOnce);
    for (auto left = together->workers; left > 0; --left)
        group.spawn("request", work_through(together));
    co_await together->done.wait();
    if (together->first_error) co_return *together->first_error;
    co_return Ok();
}

}  // namespace picket::controller
