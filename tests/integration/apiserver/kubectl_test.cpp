#include "common/async/run_on.hpp"
#include "tests/integration/apiserver/running_server.hpp"

#include <boost/asio/thread_pool.hpp>

#include <array>
#include <cstdio>
#include <fstream>

using namespace picket;
using namespace picket::testing;

namespace {

struct Output {
    int code = -1;
    std::string text;  ///< stdout and stderr
};

Output run_shell(const std::string& command) {
    Output output;
    FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer{};
    for (std::size_t size = 0; (size = ::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        output.text.append(buffer.data(), size);
    }
    output.code = WEXITSTATUS(::pclose(pipe));
    return output;
}

/// Stock kubectl against a running server; the server's loop goes on while kubectl runs.
class Kubectl {
public:
    explicit Kubectl(RunningServer& server) : server_(server) {}

    static bool present() { return run_shell("command -v kubectl").code == 0; }

    Output operator()(const std::string& arguments) {
        const auto command = "HOME=" + server_.file("home") +
                             " KUBECONFIG=" + server_.file("admin.kubeconfig") +
                             " timeout 60 kubectl " + arguments;
        return server_.runner().run(
            run_on(threads_.get_executor(), [command] { return run_shell(command); }));
    }
    /// A command that must succeed.
    std::string ok(const std::string& arguments) {
        const auto output = (*this)(arguments);
        INFO("kubectl " << arguments << "\n" << output.text);
        REQUIRE(output.code == 0);
        return output.text;
    }
    /// Writes a manifest to apply; returns its path.
    std::string manifest(const Json& object) {
        const auto path = server_.file("manifest.json");
        std::ofstream(path) << object.dump();
        return path;
    }

private:
    RunningServer& server_;
    boost::asio::thread_pool threads_{1};
};

}  // namespace

TEST_CASE("kubectl: the life of objects", "[apiserver][kubectl]") {
    if (!Kubectl::present()) {
        WARN("kubectl is not installed: skipped");
        return;
    }
    RunningServer server;
    Kubectl kubectl(server);

    CHECK_THAT(kubectl.ok("version"), Catch::Contains("Server Version: v1.32"));
    const auto resources = kubectl.ok("api-resources");
    CHECK_THAT(resources, Catch::Contains("daemonsets"));
    CHECK_THAT(kubectl.ok("get ns"), Catch::Contains("kube-node-lease"));

    // create subcommands send protobuf
    CHECK_THAT(kubectl.ok("create ns team"), Catch::Contains("namespace/team created"));
    kubectl.ok("create cm settings -n team --from-literal=a=1");
    CHECK(kubectl.ok("get cm settings -n team -o jsonpath={.data.a}") == "1");
    kubectl.ok("create secret generic key -n team --from-literal=k=v");
    CHECK(kubectl.ok("get secret key -n team -o jsonpath={.data.k}") == "dg==");
    kubectl.ok("create sa robot -n team");

    // apply, twice, then changed
    auto set = a_daemon_set("web");
    const auto apply = "apply -f " + kubectl.manifest(set);
    CHECK_THAT(kubectl.ok(apply), Catch::Contains("daemonset.apps/web created"));
    CHECK_THAT(kubectl.ok(apply), Catch::Contains("unchanged"));
    set["spec"]["template"]["spec"]["containers"][0]["image"] = "busybox:2";
    kubectl.manifest(set);
    CHECK_THAT(kubectl.ok(apply), Catch::Contains("configured"));
    const auto table = kubectl.ok("get ds -o wide");
    CHECK_THAT(table, Catch::Contains("UP-TO-DATE"));
    CHECK_THAT(table, Catch::Contains("busybox:2"));

    // patch, label, describe
    kubectl.ok("patch ds web -p '{\"spec\":{\"minReadySeconds\":3}}'");
    kubectl.ok("label ds web tier=front");
    CHECK_THAT(kubectl.ok("get ds -l tier=front"), Catch::Contains("web"));
    CHECK_THAT(kubectl.ok("describe ds web"), Catch::Contains("busybox:2"));
    CHECK_THAT(kubectl.ok("diff -f " + kubectl.manifest(set)), Catch::Equals(""));

    // errors name the field
    auto wrong = a_daemon_set("wrong");
    wrong["spec"]["bogus"] = true;
    const auto refused = kubectl("create -f " + kubectl.manifest(wrong));
    CHECK(refused.code == 1);
    CHECK_THAT(refused.text, Catch::Contains("unknown field \"spec.bogus\""));
    wrong["spec"].erase("bogus");
    wrong["spec"]["template"]["spec"]["containers"][0].erase("name");
    const auto invalid = kubectl("create -f " + kubectl.manifest(wrong));
    CHECK(invalid.code == 1);
    CHECK_THAT(invalid.text, Catch::Contains("spec.template.spec.containers[0].name"));
    CHECK_THAT(kubectl("get ds nosuch").text, Catch::Contains("NotFound"));

    // delete waits until the object is gone
    CHECK_THAT(kubectl.ok("delete ds web"), Catch::Contains("deleted"));
    CHECK(kubectl("get ds web").code == 1);
    CHECK_THAT(kubectl.ok("get ds"), Catch::Contains("No resources found"));
}

TEST_CASE("kubectl: explain reads the schema", "[apiserver][kubectl]") {
    if (!Kubectl::present()) return;
    RunningServer server;
    Kubectl kubectl(server);
    CHECK_THAT(
        kubectl.ok("explain ds.spec.template.spec.containers.image"), Catch::Contains("string"));
}

TEST_CASE("kubectl: get -w sees a change", "[apiserver][kubectl]") {
    if (!Kubectl::present()) return;
    RunningServer server;
    Kubectl kubectl(server);
    kubectl.ok("create cm a --from-literal=k=1");
    // The patch goes out when the watch has shown the first value, and the watch ends at the
    // second.
    const auto seen = server.file("seen");
    const auto shows = [&](const std::string& value) {
        return "for i in $(seq 600); do grep -sqx " + value + " " + seen +
               " && break; sleep 0.1; done; ";
    };
    const auto watched = kubectl(
        "get cm a -w -o jsonpath='{.data.k}{\"\\n\"}' >" + seen + " & watcher=$!; " + shows("1") +
        "HOME=" + server.file("home") + " KUBECONFIG=" + server.file("admin.kubeconfig") +
        " kubectl patch cm a -p '{\"data\":{\"k\":\"2\"}}'; " + shows("2") + "kill $watcher; cat " +
        seen);
    CHECK_THAT(watched.text, Catch::Contains("1\n2\n"));
}

TEST_CASE("kubectl: auth asks the server's own authorizer", "[apiserver][kubectl]") {
    if (!Kubectl::present()) return;
    RunningServer server;
    Kubectl kubectl(server);
    CHECK_THAT(kubectl.ok("auth whoami"), Catch::Contains("system:masters"));
    CHECK(kubectl.ok("auth can-i delete pods") == "yes\n");
    CHECK_THAT(kubectl.ok("auth can-i --list"), Catch::Contains("*.*"));
    const auto no = kubectl("auth can-i get pods --as=bob");
    CHECK(no.code == 1);
    CHECK(no.text == "no\n");
    CHECK_THAT(kubectl("get pods --as=bob").text, Catch::Contains("User \"bob\" cannot list"));
}
