#pragma once
#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace picket::http::detail {

/// The moment at which a connection stops waiting. Moving it later costs no system call and no
/// timer operation: the one timer behind it looks at the moment again when it fires. That matters
/// because every request moves it several times.
class Deadline {
public:
    Deadline(boost::asio::any_io_executor executor, std::function<void()> on_expiry);
    ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// Any length is fine; milliseconds::max() means never.
    void expires_after(std::chrono::milliseconds delay);
    void expires_at(std::chrono::steady_clock::time_point moment);
    void clear();
    /// True from the expiry until the deadline is set or cleared again.
    [[nodiscard]] bool expired() const;

private:
    struct State;
    std::shared_ptr<State> state_;  // the timer's handler holds it weakly
};

/// now + delay without overflow.
[[nodiscard]] std::chrono::steady_clock::time_point moment_after(std::chrono::milliseconds delay);

}  // namespace picket::http::detail
