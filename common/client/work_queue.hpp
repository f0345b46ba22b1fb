#pragma once
#include "common/async/awaitable.hpp"
#include "common/async/loop_clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace picket::client {

/// Keys to look at again. A key waits at most once; one that is added while it is being worked on
/// comes back after done(). Delays (add_after) and failures (exponential, per key) go through one
/// timer. Loop thread only.
class WorkQueue {
public:
    explicit WorkQueue(
        boost::asio::any_io_executor executor,
        std::chrono::milliseconds first_retry = std::chrono::milliseconds{100},
        std::chrono::milliseconds longest_retry = std::chrono::seconds{60});

    void add(std::string key);
    /// The earliest of several requests for the same key wins.
    void add_after(std::string key, std::chrono::milliseconds delay);
    /// After a failed attempt: back-off grows with each call until forget().
    void add_failed(std::string key);
    void forget(const std::string& key);

    /// Waits for the next key; it belongs to the caller until done(key).
    Awaitable<std::string> next();
    void done(const std::string& key);
    [[nodiscard]] std::size_t size() const { return ready_.size(); }

private:
    void arm();
    void release_due();

    std::chrono::milliseconds first_retry_;
    std::chrono::milliseconds longest_retry_;
    Timer ready_signal_;
    Timer delay_timer_;
    std::deque<std::string> ready_;
    std::set<std::string> waiting_;  // in ready_
    std::set<std::string> working_;  // handed out
    std::set<std::string> again_;    // added while handed out
    using Moment = std::chrono::steady_clock::time_point;
    std::set<std::pair<Moment, std::string>> delayed_;
    std::map<std::string, Moment> delayed_until_;  // the same by key
    std::map<std::string, unsigned> failures_;
    std::shared_ptr<bool> alive_ =
        std::make_shared<bool>(true);  // the timer's handler holds it weakly
};

}  // namespace picket::client
