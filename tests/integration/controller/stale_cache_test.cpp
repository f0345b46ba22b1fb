/// The controller while the cache of pods lags behind the cache of sets.
#include "controller/daemonset/daemonset_controller.hpp"
#include "tests/integration/controller/controlled_cluster.hpp"

using namespace picket;
using namespace picket::testing;

namespace {

/// A real server and the DaemonSet controller alone, whose caches can be held back one by one.
class LaggingController {
public:
    LaggingController() {
        auto config = client::load_kubeconfig(server_.file("controller.kubeconfig"), "", "");
        REQUIRE(config);
        controller_api_ = std::make_unique<client::ApiClient>(executor(), config->options);
        api_ = server_.connect();
        informers_ = std::make_unique<controller::SharedInformers>(*controller_api_, 1);
        controller_ = std::make_unique<controller::DaemonSetController>(
            executor(), *controller_api_, *informers_, clock_, tasks_);
        others_.spawn("sets", informers_->daemonsets.run());
        others_.spawn("nodes", informers_->nodes.run());
        others_.spawn("namespaces", informers_->namespaces.run());
        resume();
        server_.runner().run(informers_->wait_until_synced());
        controller_->start();
    }
    ~LaggingController() {
        hold();
        server_.runner().run(others_.stop());
        server_.runner().run(tasks_.stop());
    }
    LaggingController(const LaggingController&) = delete;
    LaggingController& operator=(const LaggingController&) = delete;

    /// From now on nothing new is seen of pods and revisions.
    void hold() {
        if (!held_) return;
        server_.runner().run(held_->stop());
        held_.reset();
    }
    void resume() {
        held_ = std::make_unique<TaskGroup>(executor());
        held_->spawn("pods", informers_->pods.run());
        held_->spawn("revisions", informers_->revisions.run());
    }

    [[nodiscard]] client::ApiClient& api() { return *api_; }
    [[nodiscard]] const controller::PodIndex& index() { return informers_->pod_index; }
    template <class T>
    T ok(Awaitable<Result<T>> call) {
        return server_.ok(std::move(call));
    }
    [[nodiscard]] bool eventually(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (std::chrono::steady_clock::now() < deadline) {
            if (condition()) return true;
            server_.runner().run(sleep_for(std::chrono::milliseconds(20)));
        }
        return false;
    }
    [[nodiscard]] std::vector<std::string> names(Target collection) {
        std::vector<std::string> result;
        const auto list = ok(api_->list(std::move(collection)));
        for (const auto& item : list["items"])
            result.push_back(item["metadata"]["name"].get<std::string>());
        return result;
    }
    [[nodiscard]] DaemonSet set(const std::string& name) {
        return DaemonSet::parse(ok(api_->get(daemon_sets(name))));
    }

private:
    [[nodiscard]] boost::asio::any_io_executor executor() { return server_.runner().executor(); }

    SystemClock clock_;
    RunningServer server_;
    std::unique_ptr<client::ApiClient> controller_api_;
    std::unique_ptr<client::ApiClient> api_;
    std::unique_ptr<controller::SharedInformers> informers_;
    TaskGroup tasks_{server_.runner().executor()};
    TaskGroup others_{server_.runner().executor()};
    std::unique_ptr<controller::DaemonSetController> controller_;
    std::unique_ptr<TaskGroup> held_;
};

Json owned_by_a_former_set() {
    return Json::array(
        {{{"apiVersion", "apps/v1"},
          {"kind", "DaemonSet"},
          {"name", "logs"},
          {"uid", "former-uid"},
          {"controller", true},
          {"blockOwnerDeletion", true}}});
}

const Target kPods{"v1", "pods", "default"};
const Target kRevisions{"apps/v1", "controllerrevisions", "default"};

}  // namespace

TEST_CASE(
    "A set made again at once adopts what the former one left, though the caches do not show it "
    "yet",
    "[integration][controller]") {
    LaggingController cluster;
    cluster.ok(cluster.api().create(
        {"v1", "nodes"}, {{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", {{"name", "n1"}}}}));
    const Json container{{"name", "main"}, {"image", "busybox"}};
    cluster.ok(cluster.api().create(
        kPods,
        {{"apiVersion", "v1"},
         {"kind", "Pod"},
         {"metadata",
          {{"name", "left"},
           {"labels", {{"app", "logs"}}},
           {"ownerReferences", owned_by_a_former_set()}}},
         {"spec", {{"nodeName", "n1"}, {"containers", Json::array({container})}}}}));
    cluster.ok(cluster.api().create(
        kRevisions,
        {{"apiVersion", "apps/v1"},
         {"kind", "ControllerRevision"},
         {"metadata",
          {{"name", "logs-old"},
           {"labels", {{"app", "logs"}, {"controller-revision-hash", "old"}}},
           {"ownerReferences", owned_by_a_former_set()}}},
         {"data", {{"spec", {{"template", {{"metadata", {{"labels", {{"app", "logs"}}}}}}}}}}},
         {"revision", 4}}));
    REQUIRE(cluster.eventually([&] { return cluster.index().find("default/left") != nullptr; }));

    cluster.hold();
    const Json orphaned{{"metadata", {{"ownerReferences", nullptr}}}};
    cluster.ok(cluster.api().patch({"v1", "pods", "default", "left"}, PatchType::Merge, orphaned));
    cluster.ok(cluster.api().patch(
        {"apps/v1", "controllerrevisions", "default", "logs-old"}, PatchType::Merge, orphaned));
    auto set = a_daemon_set("logs");
    set["spec"]["updateStrategy"] = {{"type", "OnDelete"}};
    cluster.ok(cluster.api().create(daemon_sets(), set));
    REQUIRE(
        cluster.eventually([&] { return cluster.set("logs").status.observed_generation == 1; }));
    CHECK(cluster.names(kPods) == std::vector<std::string>{"left"});
    CHECK(cluster.set("logs").status.current_number_scheduled == 1);
    const auto revisions = cluster.ok(cluster.api().list(kRevisions));
    REQUIRE(revisions["items"].size() == 2);
    for (const auto& revision : revisions["items"]) {
        if (revision["metadata"]["name"] != "logs-old") CHECK(revision["revision"] == 5);
    }

    cluster.resume();
    CHECK(cluster.eventually([&] {
        const auto pod = cluster.index().find("default/left");
        return pod && pod->meta.controller() != nullptr;
    }));
    CHECK(cluster.names(kPods) == std::vector<std::string>{"left"});
}

TEST_CASE(
    "A host that was broken before its turn stays excused when the controllers restart between its "
    "pods",
    "[integration][controller]") {
    ControlledCluster cluster;
    cluster.add_node("n1");
    cluster.add_node("n2");
    cluster.ok(cluster.api().create(daemon_sets(), a_daemon_set("logs")));
    REQUIRE(cluster.eventually([&] { return cluster.status("logs").number_available == 2; }));
    const auto pod_on = [&](const std::string& node) {
        for (const auto& pod : cluster.pods()) {
            if (pod.node_name == node) return pod;
        }
        return Pod();
    };
    const auto broken = pod_on("n1").meta.name;
    const Json unready{{"type", "Ready"}, {"status", "False"}};
    cluster.patch(
        {"v1", "pods", "default", broken, "status"},
        {{"status", {{"conditions", Json::array({unready})}}}});
    const Json label{{"template", {{"metadata", {{"labels", {{"version", "2"}}}}}}}};
    cluster.patch(daemon_sets("logs"), {{"spec", label}});
    REQUIRE(cluster.eventually([&] { return pod_on("n1").meta.deleting(); }, false));

    cluster.stop_controllers();
    cluster.ok(
        cluster.api().remove({"v1", "pods", "default", broken}, Json{{"gracePeriodSeconds", 0}}));
    cluster.start_controllers();
    REQUIRE(cluster.eventually(
        [&] { return !pod_on("n1").meta.name.empty() && pod_on("n1").meta.name != broken; },
        false));
    CHECK(pod_on("n1").turn == PodTurn::Excused);
    // Nothing is left written when the turn is over.
    CHECK(cluster.eventually([&] {
        const auto revisions = cluster.ok(cluster.api().list(kRevisions));
        return revisions.dump().find("picket.dev/excused") == std::string::npos;
    }));
}
