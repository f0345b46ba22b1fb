#include "common/http/detail/deadline.hpp"

#include "common/async/loop_clock.hpp"

#include <utility>

namespace picket::http::detail {
namespace {

using Moment = std::chrono::steady_clock::time_point;
constexpr Moment kNever = Moment::max();

}  // namespace

struct Deadline::State : std::enable_shared_from_this<Deadline::State> {
    State(const boost::asio::any_io_executor& executor, std::function<void()> callback)
        : timer(executor), on_expiry(std::move(callback)) {}

    void set(Moment moment) {
        at = moment;
        expired = false;
        if (at < armed_for) arm();
    }

    void arm() {
        armed_for = at;
        timer.expires_at(at);
        timer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
            if (error) return;  // armed anew for an earlier moment, or destroyed
            if (const auto self = weak.lock()) self->fire();
        });
    }

    void fire() {
        armed_for = kNever;
        if (at == kNever) return;
        if (at > LoopClock::now()) return arm();
        at = kNever;
        expired = true;
        on_expiry();
    }

    Timer timer;
    std::function<void()> on_expiry;
    Moment at = kNever;
    Moment armed_for = kNever;  // when the pending wait of the timer ends
    bool expired = false;
};

Deadline::Deadline(boost::asio::any_io_executor executor, std::function<void()> on_expiry)
    : state_(std::make_shared<State>(std::move(executor), std::move(on_expiry))) {}

Deadline::~Deadline() = default;

void Deadline::expires_after(std::chrono::milliseconds delay) {
    expires_at(moment_after(delay));
}

void Deadline::expires_at(Moment moment) {
    state_->set(moment);
}

void Deadline::clear() {
    state_->set(kNever);
}

bool Deadline::expired() const {
    return state_->expired;
}

Moment moment_after(std::chrono::milliseconds delay) {
    const auto now = LoopClock::now();
    const auto room = std::chrono::duration_cast<std::chrono::milliseconds>(kNever - now);
    return delay >= room ? kNever : now + delay;
}

}  // namespace picket::http::detail
