#include "common/client/event_recorder.hpp"

#include "common/async/timing.hpp"
#include "common/base/log.hpp"
#include "common/base/random.hpp"
#include "common/client/backoff.hpp"
#include "common/client/event_log.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace picket::client {
namespace {

constexpr std::chrono::milliseconds kFirstEventRetry{500};
constexpr std::chrono::seconds kLongestEventRetry{30};

/// What may well succeed later.
bool is_temporary(Reason reason) {
    return reason == Reason::ServiceUnavailable || reason == Reason::Timeout ||
           reason == Reason::TooManyRequests || reason == Reason::InternalError;
}

}  // namespace

class EventRecorder::Impl {
public:
    Impl(ApiClient& api, const Clock& clock, std::string component, std::string host)
        : api_(api), clock_(clock), component_(std::move(component)), host_(std::move(host)) {}

    void record(ObjectReference about, std::string type, std::string reason, std::string message);
    Awaitable<> run();

private:
    Awaitable<Result<Json>> send(RecordedEvent event);
    Awaitable<Result<Json>> post(RecordedEvent event);

    ApiClient& api_;
    const Clock& clock_;
    std::string component_;
    std::string host_;
    Random random_ = Random::from_system();
    EventLog log_{kMaxQueued};
    Notification wake_{api_.executor()};
};

void EventRecorder::Impl::record(
    ObjectReference about, std::string type, std::string reason, std::string message) {
    const auto now = clock_.now();
    auto name = fmt::format("{}.{}", about.name, random_.name_suffix(10));
    RecordedEvent event{
        std::move(about),
        std::move(type),
        std::move(reason),
        std::move(message),
        std::move(name),
        now,
        now};
    if (const auto dropped = log_.record(std::move(event))) {
        logger("events")->warn(
            "dropped event object={} reason={}", dropped->about.name, dropped->reason);
    }
    wake_.notify();
}

Awaitable<Result<Json>> EventRecorder::Impl::post(RecordedEvent event) {
    const Target events{"v1", "events", event_namespace(event.about)};
    return api_.create(events, event_object(event, component_, host_));
}

Awaitable<Result<Json>> EventRecorder::Impl::send(RecordedEvent event) {
    if (!event.posted) co_return co_await post(std::move(event));
    const Target target{"v1", "events", event_namespace(event.about), event.name};
    auto patched = co_await api_.patch(target, PatchType::Merge, repeat_patch(event));
    // Events live for an hour; one that is gone meanwhile is made anew.
    if (patched || patched.error().reason != Reason::NotFound) co_return patched;
    co_return co_await post(std::move(event));
}

Awaitable<> EventRecorder::Impl::run() {
    unsigned failures = 0;
    for (;;) {
        const auto key = log_.next();
        if (!key) {
            co_await wake_.wait();
            continue;
        }
        const auto event = log_.at(*key);
        const auto result = co_await send(event);
        if (result) {
            failures = 0;
            log_.sent(*key, event.count);
        } else if (is_temporary(result.error().reason)) {
            co_await sleep_for(with_jitter(
                backoff_delay(failures++, kFirstEventRetry, kLongestEventRetry),
                random_.fraction()));
        } else {
            logger("events")->warn(
                "refused event object={} error={}", event.about.name, result.error().message);
            log_.forget(*key);
        }
    }
}

EventRecorder::EventRecorder(
    ApiClient& api, const Clock& clock, std::string component, std::string host)
    : impl_(std::make_unique<Impl>(api, clock, std::move(component), std::move(host))) {}

EventRecorder::~EventRecorder() = default;

void EventRecorder::normal(ObjectReference about, std::string reason, std::string message) {
    impl_->record(std::move(about), "Normal", std::move(reason), std::move(message));
}

void EventRecorder::warning(ObjectReference about, std::string reason, std::string message) {
    impl_->record(std::move(about), "Warning", std::move(reason), std::move(message));
}

Awaitable<> EventRecorder::run() {
    return impl_->run();
}

}  // namespace picket::client
