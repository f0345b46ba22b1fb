#pragma once
/// A real API server and real controllers in one process, and hosts that are only played: they
/// report pods as running and confirm that terminating ones have stopped.
#include "common/api/daemonset.hpp"
#include "common/api/pod.hpp"
#include "common/async/timing.hpp"
#include "common/client/kubeconfig.hpp"
#include "controller/controller_manager.hpp"
#include "tests/integration/apiserver/running_server.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace picket::testing {

class ControlledCluster {
public:
    explicit ControlledCluster(std::chrono::seconds node_grace = std::chrono::hours(1))
        : node_grace_(node_grace) {
        api_ = server_.connect();
        start_controllers();
    }
    ~ControlledCluster() { stop_controllers(); }
    ControlledCluster(const ControlledCluster&) = delete;
    ControlledCluster& operator=(const ControlledCluster&) = delete;

    void start_controllers() {
        auto config = client::load_kubeconfig(server_.file("controller.kubeconfig"), "", "");
        REQUIRE(config);
        controller::ControllerOptions options;
        options.node_grace = node_grace_;
        controllers_ = std::make_unique<controller::ControllerManager>(
            server_.runner().executor(), config->options, options, clock_);
        controllers_->start();
    }
    void stop_controllers() {
        if (controllers_) server_.runner().run(controllers_->stop());
        controllers_.reset();
    }

    [[nodiscard]] client::ApiClient& api() { return *api_; }
    [[nodiscard]] RunningServer& server() { return server_; }
    template <class T>
    T ok(Awaitable<Result<T>> call) {
        return server_.ok(std::move(call));
    }

    void add_node(const std::string& name, Json labels = Json::object()) {
        labels["kubernetes.io/hostname"] = name;
        const Json node{
            {"apiVersion", "v1"},
            {"kind", "Node"},
            {"metadata", {{"name", name}, {"labels", std::move(labels)}}}};
        ok(api_->create({"v1", "nodes"}, node));
    }
    void remove_node(const std::string& name) {
        ok(api_->remove({"v1", "nodes", "", name}, nullptr));
    }
    void patch(Target target, Json change) {
        ok(api_->patch(std::move(target), PatchType::Merge, std::move(change)));
    }

    [[nodiscard]] std::vector<Pod> pods() {
        std::vector<Pod> result;
        const auto list = ok(api_->list({"v1", "pods", "default"}));
        for (const auto& item : list["items"]) result.push_back(Pod::parse(item));
        return result;
    }
    /// Names of the nodes with a pod, one entry per pod, sorted.
    [[nodiscard]] std::multiset<std::string> nodes_with_pods() {
        std::multiset<std::string> nodes;
        for (const auto& pod : pods()) nodes.insert(pod.node_name);
        return nodes;
    }
    [[nodiscard]] Json object(Target target) { return ok(api_->get(std::move(target))); }
    [[nodiscard]] DaemonSetStatus status(const std::string& set) {
        return DaemonSet::parse(object(daemon_sets(set))).status;
    }
    [[nodiscard]] bool exists(Target target) {
        return static_cast<bool>(server_.runner().run(api_->get(std::move(target))));
    }

    /// Lets time pass until `condition` holds, while the hosts do their part. False if it never
    /// does.
    [[nodiscard]] bool eventually(const std::function<bool()>& condition, bool hosts_act = true) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (std::chrono::steady_clock::now() < deadline) {
            if (hosts_act) let_hosts_act();
            if (condition()) return true;
            server_.runner().run(sleep_for(std::chrono::milliseconds(20)));
        }
        return false;
    }

    void let_hosts_act() {
        for (const auto& pod : pods()) {
            if (pod.meta.deleting()) {
                confirm_stopped(pod);
            } else if (pod.phase == PodPhase::Pending) {
                report_running(pod);
            } else if (pod.prefetch && !pod.prefetch->answered) {
                report_pulled(pod);
            }
        }
    }

private:
    void confirm_stopped(const Pod& pod) {
        const Json options{{"gracePeriodSeconds", 0}, {"preconditions", {{"uid", pod.meta.uid}}}};
        (void)server_.runner().run(api_->remove({"v1", "pods", "default", pod.meta.name}, options));
    }
    void report_running(const Pod& pod) {
        const Json condition{
            {"type", "Ready"},
            {"status", "True"},
            {"lastTransitionTime", format_time(clock_.now())}};
        const Json status{{"phase", "Running"}, {"conditions", Json::array({condition})}};
        (void)server_.runner().run(api_->patch(
            {"v1", "pods", "default", pod.meta.name, "status"},
            PatchType::Merge,
            {{"status", status}}));
    }

    void report_pulled(const Pod& pod) {
        const Json condition{
            {"type", kPrefetchedCondition + pod.prefetch->revision},
            {"status", "True"},
            {"reason", "Pulled"}};
        const Json status{{"conditions", Json::array({condition})}};
        (void)server_.runner().run(api_->patch(
            {"v1", "pods", "default", pod.meta.name, "status"},
            PatchType::StrategicMerge,
            {{"status", status}}));
    }

    std::chrono::seconds node_grace_;
    SystemClock clock_;
    RunningServer server_;
    std::unique_ptr<client::ApiClient> api_;
    std::unique_ptr<controller::ControllerManager> controllers_;
};

using Nodes = std::multiset<std::string>;

}  // namespace picket::testing
