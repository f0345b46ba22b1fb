#pragma once
#include "common/base/clock.hpp"
#include "common/base/result.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace picket::nodeagent {

/// An image that this agent brought to its host.
struct PulledImage {
    std::set<std::string> names;  ///< as they were asked for
    TimePoint pulled{};
    TimePoint last_used{};
    bool operator==(const PulledImage&) const = default;
};

/// The images that this agent has pulled and that were not on the host before, in a file of the
/// data dir: only these may ever be removed. What is missing from it (the file was lost, or a crash
/// came between pull and record) is simply never removed. Loop thread only.
class ImageLedger {
public:
    explicit ImageLedger(std::filesystem::path file) : file_(std::move(file)) {}

    /// A file that cannot be read counts as empty.
    void open();
    /// One that it holds already gets a further name.
    Result<void> add(const std::string& id, const std::string& name, TimePoint now);
    Result<void> forget(const std::string& id);
    /// Kept in memory until the next save().
    void mark_used(const std::string& id, TimePoint now);
    Result<void> save();
    [[nodiscard]] bool holds(const std::string& id) const { return images_.contains(id); }
    [[nodiscard]] const std::map<std::string, PulledImage>& images() const { return images_; }

private:
    std::filesystem::path file_;
    std::map<std::string, PulledImage> images_;  ///< by id
};

}  // namespace picket::nodeagent
