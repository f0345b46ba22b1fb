#include "nodeagent/streams/carried_watches.hpp"

#include "common/api/status.hpp"
#include "common/async/loop_clock.hpp"

#include <nlohmann/json.hpp>

#include <deque>
#include <utility>

namespace picket::nodeagent {
namespace {

constexpr std::chrono::seconds kControlPatience{30};

Error not_connected() {
    return {Reason::ServiceUnavailable, "the control stream of this node is not open"};
}

}  // namespace

/// What has come of one watch and was not read yet.
struct CarriedWatches::Inbox {
    explicit Inbox(boost::asio::any_io_executor executor) : arrived(std::move(executor)) {}
    std::deque<std::string> lines;
    bool ended = false;
    std::optional<Error> broken;
    Notification arrived;
};

class CarriedWatches::Reader final : public http::StreamingResponse {
public:
    explicit Reader(std::shared_ptr<Inbox> inbox) : inbox_(std::move(inbox)) {}

    [[nodiscard]] unsigned status() const override { return 200; }
    [[nodiscard]] const http::Headers& headers() const override { return headers_; }

    Awaitable<Result<std::optional<std::string>>> read_line(
        std::chrono::milliseconds timeout) override {
        const auto inbox = inbox_;  // the caller may drop the reader while it waits
        const auto until = LoopClock::now() + timeout;
        while (inbox->lines.empty()) {
            if (inbox->broken) co_return *inbox->broken;
            if (inbox->ended) co_return std::optional<std::string>();
            const auto rest = until - LoopClock::now();
            if (rest <= rest.zero()) co_return Error{Reason::Timeout, "nothing came of the watch"};
            (void)co_await inbox->arrived.wait_for(rest);
        }
        auto line = std::move(inbox->lines.front());
        inbox->lines.pop_front();
        co_return std::optional(std::move(line));
    }

    Awaitable<Result<std::string>> read_some(std::chrono::milliseconds timeout) override {
        auto line = co_await read_line(timeout);
        if (!line) co_return line.error();
        co_return *line ? **line + "\n" : std::string();
    }

private:
    std::shared_ptr<Inbox> inbox_;
    http::Headers headers_;
};

CarriedWatches::CarriedWatches(client::ApiClient& api, std::string tunnel_path)
    : api_(api), tunnel_path_(std::move(tunnel_path)), connected_(api.executor()) {}

Awaitable<Result<CarriedWatches::Stream>> CarriedWatches::open(std::string target) {
    const auto connected = co_await await_session();
    if (!connected) co_return connected.error();
    const auto id = std::to_string(++opened_);
    // Its first lines may come before the answer does.
    auto inbox = std::make_shared<Inbox>(api_.executor());
    inboxes_[id] = inbox;
    const auto asked = co_await ask({session_, id, std::move(target)});
    if (asked) co_return std::make_unique<Reader>(std::move(inbox));
    inboxes_.erase(id);
    co_return asked.error();
}

Awaitable<Result<void>> CarriedWatches::await_session() {
    const auto until = LoopClock::now() + kControlPatience;
    while (session_.empty()) {
        const auto rest = until - LoopClock::now();
        if (rest <= rest.zero()) co_return not_connected();
        (void)co_await connected_.wait_for(rest);
    }
    co_return Ok();
}

Awaitable<Result<void>> CarriedWatches::ask(CarriedWatch watch) {
    http::Request request;
    request.method = http::Method::Post;
    request.target = tunnel_path_;
    request.headers.set("Content-Type", "application/json");
    request.body = to_json(watch).dump();
    const auto answer = co_await api_.send(std::move(request));
    if (!answer) co_return answer.error();
    if (answer->status != 200) co_return error_from_response(answer->status, answer->body);
    co_return Ok();
}

void CarriedWatches::connected(std::string session) {
    session_ = std::move(session);
    connected_.notify();
}

void CarriedWatches::disconnected(const Error& why) {
    session_.clear();
    for (const auto& [watch, inbox] : std::exchange(inboxes_, {})) {
        const auto alive = inbox.lock();
        if (!alive) continue;
        alive->broken = why;
        alive->arrived.notify();
    }
}

void CarriedWatches::take_line(const std::string& watch, std::string line) {
    const auto found = inboxes_.find(watch);
    if (found == inboxes_.end()) return;
    const auto inbox = found->second.lock();
    if (!inbox) return;
    inbox->lines.push_back(std::move(line));
    inbox->arrived.notify();
}

void CarriedWatches::end(const std::string& watch) {
    const auto found = inboxes_.find(watch);
    if (found == inboxes_.end()) return;
    if (const auto inbox = found->second.lock()) {
        inbox->ended = true;
        inbox->arrived.notify();
    }
    inboxes_.erase(found);
}

}  // namespace picket::nodeagent
