#pragma once
#include "common/base/result.hpp"

#include <memory>

namespace picket::cli {

[[nodiscard]] bool is_terminal(int descriptor);

struct TerminalSize {
    int width = 0;
    int height = 0;
};
/// Zeros where there is no terminal.
[[nodiscard]] TerminalSize terminal_size(int descriptor);

/// Passes on every key as it is typed; the terminal is as before when this object goes.
class RawTerminal {
public:
    explicit RawTerminal(int descriptor);
    ~RawTerminal();
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

private:
    struct Before;
    int descriptor_;
    std::unique_ptr<Before> before_;
};

}  // namespace picket::cli
