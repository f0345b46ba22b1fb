#pragma once
#include "common/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace picket::storage {

/// "pckt", at offset 68 of the file, where file(1) and we look for it.
inline constexpr std::uint32_t kApplicationId = 0x70636B74;
/// The newest schema this program knows.
inline constexpr std::uint32_t kSchemaVersion = 2;

enum class FileKind {
    Fresh,
    Ours,
    /// A SQLite file without any mark: a creation that was cut short, if it has no tables.
    Unmarked
};

/// Judges the first bytes of a file before SQLite may touch it: empty is fresh; anything that is
/// not a picket store of a known version is an error that says what to do.
[[nodiscard]] Result<FileKind> judge_header(const std::string& path, std::string_view header);

/// The file, held for this process alone: SQLite's own locks would not outlive another open and
/// close of the file in this process. Ends when destroyed, and with the process.
class FileClaim {
public:
    /// Judges the file. A missing one is made, empty, readable by its owner only (the store holds
    /// secrets), and its name made durable. Another holder is waited for up to `patience`.
    static Result<FileClaim> take(
        const std::string& path, std::chrono::milliseconds patience = std::chrono::milliseconds{0});
    FileClaim(FileClaim&& other) noexcept;
    FileClaim& operator=(FileClaim&& other) noexcept;
    ~FileClaim();

private:
    explicit FileClaim(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace picket::storage
