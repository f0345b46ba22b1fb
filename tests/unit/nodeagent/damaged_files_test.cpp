/// An agent's own files after whatever a disk does to them: it reads them, or leaves them out.
#include "common/base/private_file.hpp"
#include "nodeagent/blackbox/black_box.hpp"
#include "nodeagent/images/image_ledger.hpp"
#include "nodeagent/local/credential_file.hpp"
#include "nodeagent/local/pod_checkpoint.hpp"
#include "nodeagent/order/readiness.hpp"
#include "nodeagent/static_pods/manifest_folder.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/nodeagent/pod_builder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <functional>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;
using builders::a_pod;
using builders::at;
using picket::testing::AsyncRunner;
using picket::testing::TemporaryDirectory;

Json rich_pod() {
    return a_pod()
        .metadata("labels", {{"app", "web"}})
        .metadata(
            "ownerReferences", {{{"kind", "DaemonSet"}, {"name", "web"}, {"controller", true}}})
        .container(
            "main",
            {{"env",
              {{{"name", "A"}, {"valueFrom", {{"fieldRef", {{"fieldPath", "spec.nodeName"}}}}}}}},
             {"ports", {{{"containerPort", 80}, {"name", "web"}}}},
             {"resources", {{"limits", {{"cpu", "1"}}}}},
             {"securityContext", {{"capabilities", {{"add", {"NET_RAW"}}}}}},
             {"livenessProbe", {{"httpGet", {{"port", "web"}, {"path", "/"}}}}},
             {"lifecycle", {{"preStop", {{"exec", {{"command", {"true"}}}}}}}},
             {"volumeMounts", {{{"name", "v"}, {"mountPath", "/v"}}}}})
        .with(
            "volumes",
            {{{"name", "v"},
              {"projected", {{"sources", {{{"serviceAccountToken", {{"path", "token"}}}}}}}}}})
        .with("tolerations", {{{"operator", "Exists"}}})
        .with("hostAliases", {{{"ip", "10.0.0.1"}, {"hostnames", {"a"}}}})
        .json();
}

ReferencedObjects rich_objects() {
    ReferencedObjects objects;
    objects.config_maps["c"] = {{"key", "value"}};
    objects.secrets["s"] = {{"key", "secret"}};
    objects.tokens[{"vault", 600}] = make_service_token("token", at(0), std::chrono::seconds{600});
    return objects;
}

/// Every document in which one value is another one.
void with_each_value_replaced(
    Json& whole, Json& part, const std::function<void(const Json&)>& visit) {
    for (const auto* other :
         {"null", "true", "-1", "\"\"", "[]", "[1]", "{}", "{\"a\":1}", "[{}]"}) {
        auto kept = std::exchange(part, Json::parse(other));
        visit(whole);
        part = std::move(kept);
    }
    if (!part.is_structured()) return;
    for (auto& child : part) with_each_value_replaced(whole, child, visit);
}

/// Runs `read` over every damage of the file, which `write` makes.
void survives(
    const fs::path& file, const std::function<void()>& write, const std::function<void()>& read) {
    write();
    const auto text = read_file_or_empty(file);
    REQUIRE_FALSE(text.empty());
    const auto damaged = [&](const std::string& content) {
        REQUIRE(replace_private_file(file, content));
        CAPTURE(content);
        CHECK_NOTHROW(read());
    };
    for (std::size_t size = 0; size < text.size(); size += 7) damaged(text.substr(0, size));
    damaged(std::string(text.size(), '\0'));
    auto json = Json::parse(text);
    with_each_value_replaced(json, json, [&](const Json& other) { damaged(other.dump()); });
}

TEST_CASE("Damaged files: the copies of pods", "[nodeagent]") {
    const TemporaryDirectory data;
    survives(
        data.path() / "uid-1.json",
        [&] { REQUIRE(PodCheckpoint(data.path()).save_pod("uid-1", rich_pod())); },
        [&] {
            for (const auto& pod : PodCheckpoint(data.path()).load_pods()) (void)parse_pod(pod);
        });
}

TEST_CASE("Damaged files: the copies of ConfigMaps, Secrets and tokens", "[nodeagent]") {
    const TemporaryDirectory data;
    PodCheckpoint checkpoint(data.path());
    REQUIRE(checkpoint.save_objects("uid-1", rich_objects()));
    fs::path file;
    for (const auto& entry : fs::recursive_directory_iterator(data.path())) file = entry.path();
    survives(
        file, [] {}, [&] { (void)checkpoint.load_objects("uid-1"); });
}

TEST_CASE("Damaged files: what static pods there were", "[nodeagent]") {
    const TemporaryDirectory data;
    const auto file = data.path() / "static-pods.json";
    const auto manifest = data.path() / "manifests" / "web.yaml";
    AsyncRunner runner;
    survives(
        file,
        [&] {
            const Json json = {{manifest.string(), Json::array({rich_pod()})}};
            REQUIRE(replace_private_file(file, json.dump()));
        },
        [&] {
            ManifestFolder folder(
                runner.executor(), manifest.parent_path(), "node-1", file, [](const auto&) {});
            for (const auto& pod : folder.remember()) CHECK_FALSE(parse_pod(pod).uid.empty());
        });
}

TEST_CASE("Damaged files: credential, images, exits, readiness", "[nodeagent]") {
    const TemporaryDirectory data;
    survives(
        data.path() / "credential.json",
        [&] {
            REQUIRE(save_credential(data.path(), {"agent", "node-1", "token", "pem"}));
        },
        [&] { (void)load_credential(data.path(), "node-1"); });

    const auto images = data.path() / "images.json";
    survives(
        images,
        [&] { REQUIRE(ImageLedger(images).add("sha256:1", "a:1", at(0))); },
        [&] { ImageLedger(images).open(); });

    const auto exits = data.path() / "exits";
    fs::create_directory(exits);
    BlackBox box(exits);
    ExitRecord record{"default/web", "web-1", "main", "id-1", 1};
    record.started = at(0);
    REQUIRE(box.record(record));
    survives(
        fs::directory_iterator(exits)->path(),
        [] {},
        [&] {
            CHECK(BlackBox(exits).open());
            (void)BlackBox::read(exits);
        });

    HostReadiness readiness;
    readiness.known = true;
    readiness.pods = {{"default/web", false, "why"}};
    survives(
        data.path() / "readiness.json",
        [&] { REQUIRE(write_readiness(data.path(), readiness)); },
        [&] { (void)read_readiness(data.path()); });
}

}  // namespace
}  // namespace picket::nodeagent
