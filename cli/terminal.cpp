#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace picket::cli {

struct RawTerminal::Before {
    termios settings{};
};

bool is_terminal(int descriptor) {
    return isatty(descriptor) == 1;
}

TerminalSize terminal_size(int descriptor) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return {};
    return {size.ws_col, size.ws_row};
}

RawTerminal::RawTerminal(int descriptor)
    : descriptor_(descriptor), before_(std::make_unique<Before>()) {
    if (tcgetattr(descriptor, &before_->settings) != 0) {
        before_.reset();
        return;
    }
    auto raw = before_->settings;
    cfmakeraw(&raw);
    tcsetattr(descriptor, TCSADRAIN, &raw);
}

RawTerminal::~RawTerminal() {
    if (before_) tcsetattr(descriptor_, TCSADRAIN, &before_->settings);
}

}  // namespace picket::cli
