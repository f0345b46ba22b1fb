/// What the agent reads and writes on the host for a pod.
#include "nodeagent/pod/disk_use.hpp"
#include "nodeagent/pod/log_links.hpp"
#include "nodeagent/pod/mount_propagation.hpp"
#include "nodeagent/pod/termination_message.hpp"
#include "nodeagent/runtime/labels.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;
using picket::testing::TemporaryDirectory;

TEST_CASE("Mount propagation: the nearest mount decides, the last of one point", "[volumes]") {
    constexpr const char* kMounts =
        "20 1 8:1 / / rw shared:1 - ext4 /dev/sda rw\n"
        "21 20 0:5 / /sys rw - sysfs sysfs rw\n"
        "22 21 0:6 / /sys/fs/bpf rw master:7 - bpf bpf rw\n"
        "23 20 0:7 / /mnt rw shared:3 - tmpfs tmpfs rw\n"
        "24 23 0:8 / /mnt rw - tmpfs tmpfs rw\n";
    struct Row {
        const char* path;
        bool passing;
    };
    const auto row = GENERATE(
        Row{"/", true},
        Row{"/var/log", true},
        Row{"/sys", false},
        Row{"/sys/kernel", false},
        Row{"/system", true},
        Row{"/sys/fs/bpf/tc", true},
        Row{"/mnt/x", false});
    CAPTURE(row.path);
    std::istringstream mounts(kMounts);
    CHECK(lies_on_passing_mount(mounts, row.path) == row.passing);
}

TEST_CASE("Last words: what is not UTF-8 becomes question marks", "[status]") {
    struct Row {
        std::string bytes;
        std::string text;
    };
    const auto row = GENERATE(
        Row{"plain", "plain"},
        Row{"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
        Row{"a\xff"
            "b",
            "a?b"},
        Row{"cut \xe2\x82", "cut ??"},
        Row{"\xc0\xaf", "??"},
        Row{"\xed\xa0\x80", "???"},
        Row{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"});
    CHECK(valid_text(row.bytes) == row.text);
}

TEST_CASE("Last words: one file for each attempt, cut to 4096 bytes", "[status]") {
    const TemporaryDirectory data;
    Container container;
    container.name = "main";
    container.termination_message_path = "/dev/termination-log";
    const auto mount = make_message_file(data.path(), container, 3);
    REQUIRE(mount);
    CHECK(mount->target == "/dev/termination-log");
    CHECK(read_message_file(data.path(), "main", 3).empty());
    std::ofstream(mount->source) << std::string(5000, 'x');
    CHECK(read_message_file(data.path(), "main", 3) == std::string(4096, 'x'));
    CHECK(read_message_file(data.path(), "main", 2).empty());
    remove_message_file(data.path(), "main", 3);
    CHECK(read_message_file(data.path(), "main", 3).empty());
}

TEST_CASE("Log links: made where collectors look, and taken away", "[logs]") {
    const TemporaryDirectory data;
    const auto log = fs::path(data.path()) / "engine-json.log";
    std::ofstream(log) << "line";
    ContainerState state;
    state.id = "abc";
    state.log_path = log.string();
    state.labels = to_labels(
        {.node = "n",
         .pod_name = "logs-x2",
         .pod_namespace = "default",
         .pod_uid = "u1",
         .container = "main",
         .attempt = 2});
    const auto root = fs::path(data.path()) / "log";
    link_log(root, state);
    const auto by_name = root / "containers" / "logs-x2_default_main-abc.log";
    const auto in_pod = root / "pods" / "default_logs-x2_u1" / "main" / "2.log";
    CHECK(fs::read_symlink(by_name) == in_pod);
    CHECK(fs::canonical(by_name) == fs::canonical(log));
    unlink_log(root, state);
    CHECK_FALSE(fs::is_symlink(by_name));
    CHECK_FALSE(fs::is_symlink(in_pod));
}

TEST_CASE("Disk use: files count once, whatever they are called", "[volumes]") {
    const TemporaryDirectory data;
    const auto folder = fs::path(data.path()) / "volume";
    fs::create_directories(folder / "below");
    const auto empty = disk_use(folder);
    std::ofstream(folder / "below" / "file") << std::string(1U << 20U, 'x');
    const auto filled = disk_use(folder);
    CHECK(filled >= empty + (1U << 20U));
    fs::create_hard_link(folder / "below" / "file", folder / "again");
    CHECK(disk_use(folder) < filled + 65536);
    CHECK(disk_use(folder / "nowhere") == 0);
}

}  // namespace
}  // namespace picket::nodeagent
