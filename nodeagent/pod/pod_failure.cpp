#include "nodeagent/pod/pod_failure.hpp"

namespace picket::nodeagent {
namespace {

bool engine_away(const Error& error) {
    return error.reason == Reason::ServiceUnavailable || error.reason == Reason::Timeout;
}

}  // namespace

void note_failure(StartFailure& failure, std::string reason, const Error& error, TimePoint now) {
    failure.why = {std::move(reason), error.message};
    if (engine_away(error)) {
        failure.backoff.next = now + kEngineRetry;
    } else {
        failure.backoff.fail(now);
    }
}

StartFailure& failure_of(std::optional<StartFailure>& place) {
    return place ? *place : place.emplace();
}

}  // namespace picket::nodeagent
