#pragma once
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>

namespace picket::bench {

/// On the disk of `parent`; everything in it goes when the run ends.
class RunFolder {
public:
    explicit RunFolder(const std::string& parent) {
        std::string pattern = parent + "/picket-bench-XXXXXX";
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot write into " + parent);
        path_ = pattern;
    }
    /// What an agent still has mounted there stays, and is named.
    ~RunFolder() {
        std::error_code failure;
        std::filesystem::remove_all(path_, failure);
        if (failure) std::cerr << "left behind: " << path_ << ": " << failure.message() << '\n';
    }
    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace picket::bench
