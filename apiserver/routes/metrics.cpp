#include "apiserver/routes/metrics.hpp"

#include <fmt/format.h>

namespace picket::apiserver {

void Metrics::request_done(RequestKey key, std::chrono::microseconds duration, bool long_running) {
    if (!long_running) {
        const double seconds = std::chrono::duration<double>(duration).count();
        auto& histogram = durations_[{key.verb, key.resource}];
        for (std::size_t i = 0; i < kBuckets.size(); ++i) {
            if (seconds <= kBuckets[i]) ++histogram.counts[i];
        }
        ++histogram.count;
        histogram.sum_seconds += seconds;
    }
    ++requests_[std::move(key)];
}

std::string Metrics::format() const {
    auto text = format_family(
        "picket_apiserver_requests_total",
        "counter",
        "Requests answered, by verb, resource and code.");
    for (const auto& [key, count] : requests_) {
        text += fmt::format(
            "picket_apiserver_requests_total{{verb=\"{}\",resource=\"{}\",code=\"{}\"}} {}\n",
            key.verb,
            key.resource,
            key.code,
            count);
    }
    constexpr std::string_view kDuration = "picket_apiserver_request_duration_seconds";
    text +=
        format_family(kDuration, "histogram", "Time from request to answer, by verb and resource.");
    for (const auto& [labels, histogram] : durations_) {
        const auto& [verb, resource] = labels;
        for (std::size_t i = 0; i < kBuckets.size(); ++i) {
            text += fmt::format(
                "{}_bucket{{verb=\"{}\",resource=\"{}\",le=\"{}\"}} {}\n",
                kDuration,
                verb,
                resource,
                kBuckets[i],
                histogram.counts[i]);
        }
        text += fmt::format(
            "{0}_bucket{{verb=\"{1}\",resource=\"{4}\",le=\"+Inf\"}} {2}\n"
            "{0}_sum{{verb=\"{1}\",resource=\"{4}\"}} {3}\n"
            "{0}_count{{verb=\"{1}\",resource=\"{4}\"}} {2}\n",
            kDuration,
            verb,
            histogram.count,
            histogram.sum_seconds,
            resource);
    }
    text += format_family("picket_apiserver_watchers", "gauge", "Open watches.");
    text += fmt::format("picket_apiserver_watchers {}\n", watchers_);
    return text;
}

std::string format_family(std::string_view name, std::string_view type, std::string_view help) {
    return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

}  // namespace picket::apiserver
