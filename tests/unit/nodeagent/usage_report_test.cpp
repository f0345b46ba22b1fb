#include "nodeagent/streams/usage_report.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::nodeagent;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart = *parse_time("2026-01-02T03:04:05Z");

ContainerSample a_measured(std::string id, std::int64_t cpu_milliseconds) {
    ContainerSample sample;
    sample.namespace_name = "default";
    sample.pod = "web";
    sample.pod_uid = "u1";
    sample.container = "main";
    sample.id = std::move(id);
    sample.usage.cpu_nanoseconds = cpu_milliseconds * 1'000'000;
    sample.usage.working_set_bytes = 7;
    return sample;
}

UsageSample a_sample(
    std::chrono::milliseconds after,
    std::int64_t node_ms,
    std::vector<ContainerSample> containers) {
    UsageSample sample;
    sample.at = kStart + after;
    sample.node.cpu_nanoseconds = node_ms * 1'000'000;
    sample.containers = std::move(containers);
    return sample;
}

}  // namespace

TEST_CASE("Usage: a rate is what was used between two samples", "[usage]") {
    const auto before = a_sample(0s, 1000, {a_measured("a", 100)});
    const auto rates = usage_rates(before, a_sample(2s, 4000, {a_measured("a", 1100)}));
    CHECK(rates.window == 2s);
    CHECK(rates.node_nanocores == 1'500'000'000);
    CHECK(*rates.nanocores.at(0) == 500'000'000);
}

TEST_CASE("Usage: a container that is new has a rate if it started in between", "[usage]") {
    const auto before = a_sample(0s, 0, {});
    auto young = a_measured("a", 1000);
    young.started = kStart + 1s;
    auto unknown = a_measured("b", 1000);
    unknown.started = kStart - 1h;
    const auto rates = usage_rates(before, a_sample(4s, 0, {young, unknown}));
    CHECK(*rates.nanocores.at(0) == 250'000'000);
    CHECK_FALSE(rates.nanocores.at(1).has_value());
}

TEST_CASE("Usage: a counter that goes back, or no time between, is no rate below zero", "[usage]") {
    const auto before = a_sample(0s, 5000, {a_measured("a", 5000)});
    const auto back = usage_rates(before, a_sample(1s, 1000, {a_measured("a", 1000)}));
    CHECK(back.node_nanocores == 0);
    CHECK(*back.nanocores.at(0) >= 0);
    CHECK(usage_rates(before, before).node_nanocores == 0);
}

TEST_CASE("Usage: the summary has each pod once, with its containers", "[usage]") {
    auto other = a_measured("b", 10);
    other.container = "side";
    const auto before = a_sample(0s, 0, {a_measured("a", 0)});
    const auto now = a_sample(1s, 0, {a_measured("a", 10), other});
    const auto summary = usage_summary("n1", now, usage_rates(before, now));
    REQUIRE(summary["pods"].size() == 1);
    const auto& containers = summary["pods"][0]["containers"];
    REQUIRE(containers.size() == 2);
    CHECK(containers[0]["cpu"]["usageNanoCores"] == 10'000'000);
    CHECK_FALSE(containers[1]["cpu"].contains("usageNanoCores"));
    CHECK(summary["windowMilliseconds"] == 1000);
}

TEST_CASE("Usage: labels are escaped as Prometheus wants them", "[usage]") {
    auto odd = a_measured("a", 1500);
    odd.image = "a\"b\\c";
    const auto sample = a_sample(0s, 0, {odd});
    CHECK_THAT(container_metrics(sample), Catch::Contains(R"(image="a\"b\\c")"));
    CHECK_THAT(
        resource_metrics(sample),
        Catch::Contains(
            "container_cpu_usage_seconds_total{container=\"main\",namespace=\"default\","
            "pod=\"web\"} 1.5\n") &&
            Catch::Contains("resource_scrape_error 0\n"));
}
