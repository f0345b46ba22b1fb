#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <sys/mount.h>
#include <system_error>
#include <vector>

namespace picket::testing {

/// A directory of this test's own, gone with all its content at the end.
class TemporaryDirectory {
public:
    explicit TemporaryDirectory(
        const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
        std::string name = (parent / "picket-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a directory");
        path_ = name;
    }
    ~TemporaryDirectory() {
        unmount_below();
        std::error_code ignored;  // a leftover directory must not fail the test
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    /// An agent keeps secrets and tokens in memory, mounted below its data directory.
    void unmount_below() const {
        std::vector<std::string> points;
        std::ifstream mounts("/proc/self/mounts");
        std::string device;
        std::string point;
        std::string rest;
        while (mounts >> device >> point && std::getline(mounts, rest)) {
            if (point.starts_with(path_.string() + "/")) points.push_back(point);
        }
        std::sort(points.rbegin(), points.rend());  // deepest first
        for (const auto& each : points) ::umount2(each.c_str(), MNT_DETACH);
    }

    std::filesystem::path path_;
};

}  // namespace picket::testing
