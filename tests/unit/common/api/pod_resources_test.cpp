#include "common/api/pod_resources.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace picket {
namespace {

std::map<std::string, std::string> shown(const ResourceList& list) {
    std::map<std::string, std::string> texts;
    for (const auto& [name, amount] : list) texts.emplace(name, amount.to_string());
    return texts;
}

std::map<std::string, std::string> requests_of(const std::string& spec) {
    return shown(effective_requests(Json::parse(spec)));
}

TEST_CASE("pod resources: containers add up", "[resources]") {
    CHECK(requests_of(R"({"containers":[
            {"resources":{"requests":{"cpu":"250m","memory":"64Mi"}}},
            {"resources":{"requests":{"cpu":"750m"}}},
            {}]})") == std::map<std::string, std::string>{{"cpu", "1"}, {"memory", "64Mi"}});
    CHECK(requests_of("{}").empty());
}

TEST_CASE(
    "pod resources: a large init container counts instead of what comes after it", "[resources]") {
    CHECK(
        requests_of(R"({"containers":[{"resources":{"requests":{"cpu":"1"}}}],
            "initContainers":[{"resources":{"requests":{"cpu":"3"}}}]})") ==
        std::map<std::string, std::string>{{"cpu", "3"}});
}

TEST_CASE(
    "pod resources: a restartable init container counts beside everything after it",
    "[resources]") {
    CHECK(
        requests_of(R"({"containers":[{"resources":{"requests":{"cpu":"1"}}}],
            "initContainers":[
                {"restartPolicy":"Always","resources":{"requests":{"cpu":"1"}}},
                {"resources":{"requests":{"cpu":"500m"}}}]})") ==
        std::map<std::string, std::string>{{"cpu", "2"}});
}

TEST_CASE("pod resources: the class of a pod is that of its weakest container", "[resources]") {
    const auto guaranteed = R"({"resources":{"limits":{"cpu":"1","memory":"1Gi"}}})";
    const auto pod = [](const std::string& containers) {
        return std::string(qos_class(Json::parse(R"({"containers":[)" + containers + "]}")));
    };
    CHECK(pod(guaranteed) == "Guaranteed");
    CHECK(pod(guaranteed + std::string(",{}")) == "Burstable");
    CHECK(pod("{},{}") == "BestEffort");
    CHECK(pod(R"({"resources":{"requests":{"example.com/gpu":"1"}}})") == "BestEffort");
}

}  // namespace
}  // namespace picket
