#include "nodeagent/runtime/pull_progress.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

constexpr double kMegabyte = 1e6;

double in_megabytes(std::int64_t bytes) {
    return static_cast<double>(bytes) / kMegabyte;
}

/// What the engine says of a layer, and of nothing else that has an id.
bool is_about_layer(const std::string& status) {
    for (const auto* word :
         {"Pulling fs layer",
          "Waiting",
          "Downloading",
          "Verifying Checksum",
          "Download complete",
          "Extracting",
          "Pull complete",
          "Already exists"}) {
        if (status == word) return true;
    }
    return false;
}

}  // namespace

void PullProgress::take(const ProgressLine& line) {
    if (!line.text.empty()) last_ = line.text;
    if (line.id.empty() || !is_about_layer(line.status)) return;
    auto& layer = layers_[line.id];
    if (line.status == "Downloading") {
        layer.current = std::max(layer.current, line.current);
        layer.total = std::max(layer.total, line.total);
    } else if (line.status == "Download complete" || line.status == "Extracting") {
        layer.current = layer.total;
    } else if (line.status == "Pull complete" || line.status == "Already exists") {
        layer.current = layer.total;
        layer.ready = true;
    }
}

std::string PullProgress::text() const {
    if (layers_.empty()) return last_;
    std::int64_t current = 0;
    std::int64_t total = 0;
    std::int64_t ready = 0;
    for (const auto& [id, layer] : layers_) {
        current += layer.current;
        total += layer.total;
        ready += layer.ready ? 1 : 0;
    }
    auto layers = fmt::format("{} of {} layers ready", ready, layers_.size());
    if (total == 0) return layers;
    return fmt::format(
        "{:.1f} MB of {:.1f} MB, {}", in_megabytes(current), in_megabytes(total), layers);
}

}  // namespace picket::nodeagent
