#include "common/base/private_file.hpp"
#include "nodeagent/local/credential_file.hpp"
#include "nodeagent/local/data_dir_lock.hpp"
#include "nodeagent/local/pod_checkpoint.hpp"
#include "nodeagent/pod/atomic_folder.hpp"
#include "nodeagent/pod/host_path.hpp"
#include "nodeagent/pod/pod_volumes.hpp"
#include "nodeagent/pod/sub_path.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/nodeagent/pod_builder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;
using builders::a_pod;
using builders::at;
using picket::testing::TemporaryDirectory;

fs::perms mode_of(const fs::path& path) {
    return fs::status(path).permissions() & fs::perms::mask;
}

TEST_CASE("Checkpoint: a pod comes back, and a status alone is not written", "[nodeagent]") {
    const TemporaryDirectory folder;
    auto pod = a_pod().container("main").json();
    {
        PodCheckpoint checkpoint(folder.path());
        REQUIRE(checkpoint.open());
        REQUIRE(checkpoint.save_pod("uid-1", pod));
        pod["status"]["phase"] = "Running";
        pod["metadata"]["resourceVersion"] = "9";
        REQUIRE(checkpoint.save_pod("uid-1", pod));
    }
    PodCheckpoint checkpoint(folder.path());
    REQUIRE(checkpoint.load_pods().size() == 1);
    CHECK(checkpoint.load_pods()[0]["status"]["phase"] == "Pending");
    checkpoint.remove_pod("uid-1");
    CHECK(checkpoint.load_pods().empty());
}

TEST_CASE("Checkpoint: a damaged file is left out, the others are read", "[nodeagent]") {
    const TemporaryDirectory folder;
    PodCheckpoint checkpoint(folder.path());
    REQUIRE(checkpoint.save_pod("uid-1", a_pod().json()));
    std::ofstream(folder.path() / "uid-2.json") << "{\"metadata\":";
    CHECK(checkpoint.load_pods().size() == 1);
}

TEST_CASE("Checkpoint: secrets keep their bytes", "[nodeagent]") {
    const TemporaryDirectory folder;
    PodCheckpoint checkpoint(folder.path());
    ReferencedObjects objects;
    objects.secrets["s"]["key"] = std::string("\0\xff\n", 3);
    objects.config_maps["empty"] = {};
    REQUIRE(checkpoint.save_objects("uid-1", objects));
    const auto loaded = checkpoint.load_objects("uid-1");
    CHECK(loaded.secrets == objects.secrets);
    CHECK(loaded.config_maps == objects.config_maps);
}

TEST_CASE("Credential: of this node only", "[nodeagent]") {
    const TemporaryDirectory folder;
    CHECK_FALSE(load_credential(folder.path(), "node-1")->has_value());
    REQUIRE(save_credential(folder.path(), {"agent", "node-1", "token", "pem"}));
    REQUIRE(load_credential(folder.path(), "node-1")->has_value());
    CHECK((*load_credential(folder.path(), "node-1"))->token == "token");
    CHECK_FALSE(load_credential(folder.path(), "node-2")->has_value());
}

TEST_CASE("Data dir: one agent at a time", "[nodeagent]") {
    const TemporaryDirectory folder;
    DataDirLock second;
    {
        DataDirLock first;
        REQUIRE(first.acquire(folder.path().string()));
        CHECK(second.acquire(folder.path().string()).error().reason == Reason::Conflict);
    }
    DataDirLock third;
    CHECK(third.acquire(folder.path().string()));
}

TEST_CASE("Atomic folder: files change together through one link", "[nodeagent]") {
    const TemporaryDirectory parent;
    const auto folder = parent.path() / "v";
    REQUIRE(write_atomic_folder(
        folder, {{"a", {"1", 0644}}, {"d/b", {"2", 0600}}}, std::nullopt, at(0)));
    CHECK(read_file_or_empty(folder / "a") == "1");
    CHECK(read_file_or_empty(folder / "d" / "b") == "2");
    CHECK(fs::read_symlink(folder / "a") == "..data/a");
    const auto version = fs::read_symlink(folder / "..data");
    CHECK(mode_of(folder / "d" / "b") == (fs::perms::owner_read | fs::perms::owner_write));

    REQUIRE(write_atomic_folder(
        folder, {{"a", {"1", 0644}}, {"d/b", {"2", 0600}}}, std::nullopt, at(1)));
    CHECK(fs::read_symlink(folder / "..data") == version);

    REQUIRE(write_atomic_folder(folder, {{"a", {"3", 0644}}}, std::nullopt, at(2)));
    CHECK(read_file_or_empty(folder / "a") == "3");
    CHECK_FALSE(fs::exists(folder / "d"));
    CHECK_FALSE(fs::exists(folder / version));
}

TEST_CASE("hostPath: what each type asks for", "[nodeagent]") {
    const TemporaryDirectory root;
    const auto file = (root.path() / "file").string();
    const auto folder = (root.path() / "folder").string();
    const auto missing = (root.path() / "missing").string();
    std::ofstream(file) << "x";
    fs::create_directory(folder);
    struct Row {
        std::string path;
        const char* type;
        bool good;
    };
    const std::vector<Row> rows = {
        {missing, "", true},
        {file, "", true},
        {folder, "Directory", true},
        {file, "Directory", false},
        {missing, "Directory", false},
        {file, "DirectoryOrCreate", false},
        {file, "File", true},
        {folder, "File", false},
        {missing, "File", false},
        {folder, "FileOrCreate", false},
        {file, "Socket", false},
        {"/dev/null", "CharDevice", true},
        {"/dev/null", "BlockDevice", false},
        {file, "Nonsense", false}};
    for (const auto& row : rows) {
        CAPTURE(row.path, row.type);
        CHECK(check_host_path(row.path, row.type, "/var/run/docker.sock").has_value() == row.good);
    }
    CHECK_FALSE(fs::exists(missing));
    for (const auto* type : {"", "DirectoryOrCreate", "FileOrCreate"})
        CHECK(check_host_path(missing + "/a/b", type, {}));
    CHECK_FALSE(fs::exists(missing));
    REQUIRE(make_host_path(missing + "/a/b", "DirectoryOrCreate"));
    CHECK(fs::is_directory(missing + "/a/b"));
    REQUIRE(make_host_path(missing + "/f", "FileOrCreate"));
    CHECK(fs::is_regular_file(missing + "/f"));
    CHECK_FALSE(make_host_path(missing + "/none/f", "FileOrCreate"));
    REQUIRE(make_host_path(missing + "/untyped", ""));
    CHECK_FALSE(fs::exists(missing + "/untyped"));
    REQUIRE(make_host_path(missing + "/0000:00:1f.0/untyped", ""));
    CHECK(fs::is_directory(missing + "/0000:00:1f.0/untyped"));
}

TEST_CASE("hostPath: a check sees the host as it was before the pod", "[nodeagent]") {
    const TemporaryDirectory root;
    const auto folder = (root.path() / "plugins").string();
    const auto host_path = [](const char* name, const std::string& path, const char* type) {
        return Json{{"name", name}, {"hostPath", {{"path", path}, {"type", type}}}};
    };
    const auto pod = a_pod()
                         .container("main")
                         .with(
                             "volumes",
                             {host_path("own", folder + "/mine", "DirectoryOrCreate"),
                              host_path("all", folder, "Directory")})
                         .build();
    PodVolumes volumes(root.path() / "volumes");
    const auto prepared = volumes.prepare(pod, {}, {}, at(0));
    REQUIRE_FALSE(prepared);
    CHECK(prepared.error().message.find("volume \"all\"") != std::string::npos);
    CHECK_FALSE(fs::exists(folder));
    fs::create_directory(folder);
    CHECK(volumes.prepare(pod, {}, {}, at(1)));
    CHECK(fs::is_directory(folder + "/mine"));
}

TEST_CASE(
    "Volumes: a mount inside of the agent's files has a place there, and keeps it", "[nodeagent]") {
    const TemporaryDirectory root;
    const auto mount = [](const char* volume, const char* path, const char* below = "") {
        return Json{{"name", volume}, {"mountPath", path}, {"subPath", below}};
    };
    const auto config = [](const char* name) {
        return Json{{"name", name}, {"configMap", {{"name", name}}}};
    };
    const auto pod =
        a_pod()
            .container(
                "main",
                {{"volumeMounts",
                  {mount("outer", "/etc/app/"),
                   mount("cache", "/etc/app/deep/cache"),
                   mount("other", "/etc/app/deep/cache/other"),
                   mount("other", "/etc/app/one.conf", "one"),
                   mount("other", "/etc/app/key")}}})
            .with("volumes", {config("outer"), config("other"), Json{{"name", "cache"}}})
            .build();
    ReferencedObjects objects;
    objects.config_maps["outer"] = {{"key", "a"}};
    objects.config_maps["other"] = {{"one", "1"}};
    PodVolumes volumes(root.path());
    REQUIRE(volumes.prepare(pod, {}, objects, at(0)));
    const auto mounts = volumes.mounts_of(pod, pod.spec.containers[0], {});
    REQUIRE(mounts.has_value());
    const fs::path outer = (*mounts)[0].source;
    const auto places = [&] {
        CHECK(fs::is_directory(outer / "deep/cache"));
        CHECK_FALSE(fs::exists(outer / "deep/cache/other"));
        CHECK(fs::is_regular_file(fs::symlink_status(outer / "one.conf")));
        CHECK(fs::is_symlink(outer / "key"));
    };
    places();
    // A key that comes later under the name of such a place stays hidden below it.
    objects.config_maps["outer"] = {{"key", "b"}, {"one.conf", "c"}};
    REQUIRE(volumes.prepare(pod, {}, objects, at(1)));
    places();
    CHECK(read_file_or_empty(outer / "key") == "b");
    const auto version = fs::read_symlink(outer / "..data");
    REQUIRE(volumes.prepare(pod, {}, objects, at(2)));
    CHECK(fs::read_symlink(outer / "..data") == version);
}

TEST_CASE("A file in a volume is read, and nothing outside of it", "[nodeagent]") {
    const TemporaryDirectory root;
    const auto volume = root.path() / "volume";
    fs::create_directories(volume / "a");
    std::ofstream(root.path() / "outside") << "secret";
    std::ofstream(volume / "a/file") << "A='1'";
    std::ofstream(volume / "large") << std::string(65 << 10, 'x');
    fs::create_symlink("a/file", volume / "inner");
    fs::create_symlink("../outside", volume / "out");
    fs::create_symlink((root.path() / "outside").string(), volume / "far");
    REQUIRE(::mkfifo((volume / "pipe").c_str(), 0600) == 0);
    CHECK(*read_inside(volume, "a/file") == "A='1'");
    CHECK(*read_inside(volume, "inner") == "A='1'");
    CHECK(*read_inside(volume, "a/none") == std::nullopt);
    for (const auto* path : {"out", "far", "../outside", "pipe", "a", "large"}) {
        CAPTURE(path);
        CHECK_FALSE(read_inside(volume, path));
    }
}

TEST_CASE("hostPath: never a folder in place of the engine's socket", "[nodeagent]") {
    CHECK_FALSE(check_host_path("/nowhere/docker.sock", "", "/nowhere/docker.sock"));
}

}  // namespace
}  // namespace picket::nodeagent
