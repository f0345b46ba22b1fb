#pragma once
#include <string>
#include <string_view>

namespace picket::nodeagent {

/// A POSIX ustar archive of a few small files, built in memory.
class TarWriter {
public:
    void add_file(std::string_view name, std::string_view content, unsigned mode = 0644);
    /// The archive with its two closing blocks.
    [[nodiscard]] std::string finish() &&;

private:
    std::string bytes_;
};

}  // namespace picket::nodeagent
