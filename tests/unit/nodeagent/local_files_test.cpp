#include "common/base/private_file.hpp"
#include "nodeagent/local/credential_file.hpp"
#include "nodeagent/local/data_dir_lock.hpp"
#include "nodeagent/local/pod_checkpoint.hpp"
#include "nodeagent/pod/atomic_folder.hpp"
#include "nodeagent/pod/host_path.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/nodeagent/pod_builder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

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
        CHECK(
            prepare_host_path(row.path, row.type, "/var/run/docker.sock").has_value() == row.good);
    }
    CHECK_FALSE(fs::exists(missing));
    REQUIRE(prepare_host_path(missing + "/a/b", "DirectoryOrCreate", {}));
    CHECK(fs::is_directory(missing + "/a/b"));
    REQUIRE(prepare_host_path(missing + "/f", "FileOrCreate", {}));
    CHECK(fs::is_regular_file(missing + "/f"));
    CHECK_FALSE(prepare_host_path(missing + "/none/f", "FileOrCreate", {}));
}

TEST_CASE("hostPath: never a folder in place of the engine's socket", "[nodeagent]") {
    CHECK_FALSE(prepare_host_path("/nowhere/docker.sock", "", "/nowhere/docker.sock"));
}

}  // namespace
}  // namespace picket::nodeagent
