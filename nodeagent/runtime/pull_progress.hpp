#pragma once
#include "nodeagent/runtime/docker_messages.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace picket::nodeagent {

/// How far a pull is, from the lines that the engine writes about each layer. Pure.
class PullProgress {
public:
    void take(const ProgressLine& line);
    /// "12.3 MB of 50.0 MB, 2 of 5 layers ready", or what the engine said last while no layer is
    /// known.
    [[nodiscard]] std::string text() const;

private:
    struct Layer {
        std::int64_t current = 0;
        std::int64_t total = 0;
        bool ready = false;
    };
    std::map<std::string, Layer> layers_;
    std::string last_;
};

}  // namespace picket::nodeagent
